// What `push` cannot change here: for a new default its dialect writes ALTER COLUMN, which SQLite does not know.
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const parents = sqliteTable("parents_push_drizzle", {
    id: integer().primaryKey(),
    name: text().notNull().default("nobody"),
});

export { children } from "./after.ts";
