// What `drizzle-kit push` makes first.
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const parents = sqliteTable("parents_push_drizzle", {
    id: integer().primaryKey(),
    name: text().notNull(),
});

export const children = sqliteTable("children_push_drizzle", {
    id: integer().primaryKey(),
    parent: integer().notNull().references(() => parents.id, { onDelete: "cascade" }),
});
