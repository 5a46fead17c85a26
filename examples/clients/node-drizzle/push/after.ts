// What it changes: a column and an index are added.
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { parents } from "./before.ts";

export { parents };

export const children = sqliteTable("children_push_drizzle", {
    id: integer().primaryKey(),
    parent: integer().notNull().references(() => parents.id, { onDelete: "cascade" }),
    nickname: text(),
}, (table) => [
    index("children_push_drizzle_parent").on(table.parent),
]);
