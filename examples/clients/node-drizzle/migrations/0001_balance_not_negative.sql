PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_users_node_drizzle` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`balance` integer DEFAULT 0 NOT NULL,
	`settings` text,
	`created_at` integer NOT NULL,
	CONSTRAINT "balance_not_negative" CHECK("__new_users_node_drizzle"."balance" >= 0)
);
--> statement-breakpoint
INSERT INTO `__new_users_node_drizzle`("id", "name", "balance", "settings", "created_at") SELECT "id", "name", "balance", "settings", "created_at" FROM `users_node_drizzle`;--> statement-breakpoint
DROP TABLE `users_node_drizzle`;--> statement-breakpoint
ALTER TABLE `__new_users_node_drizzle` RENAME TO `users_node_drizzle`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `users_node_drizzle_name_unique` ON `users_node_drizzle` (`name`);