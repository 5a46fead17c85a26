CREATE TABLE `kinds_node_drizzle` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer,
	`float` real,
	`flag` integer,
	`second` integer,
	`millisecond` integer,
	`words` text,
	`json` text,
	`bytes` blob,
	`big` blob,
	`blob_json` blob
);
--> statement-breakpoint
CREATE TABLE `posts_node_drizzle` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`author` integer NOT NULL,
	`title` text NOT NULL,
	FOREIGN KEY (`author`) REFERENCES `users_node_drizzle`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `posts_node_drizzle_author` ON `posts_node_drizzle` (`author`);--> statement-breakpoint
CREATE TABLE `users_node_drizzle` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`balance` integer NOT NULL,
	`settings` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_node_drizzle_name_unique` ON `users_node_drizzle` (`name`);