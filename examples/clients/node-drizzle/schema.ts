import { relations, sql } from "drizzle-orm";
import { blob, check, index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

// snippet:schema
export const users = sqliteTable("users_node_drizzle", {
    id: integer().primaryKey(),
    name: text().notNull().unique(),
    balance: integer().notNull().default(0),
    settings: text({ mode: "json" }).$type<{ theme: string; tags: string[] }>(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull().$defaultFn(() => new Date()),
}, (table) => [
    check("balance_not_negative", sql`${table.balance} >= 0`),
]);

export const posts = sqliteTable("posts_node_drizzle", {
    id: integer().primaryKey({ autoIncrement: true }),
    author: integer().notNull().references(() => users.id, { onDelete: "cascade" }),
    title: text().notNull(),
}, (table) => [
    index("posts_node_drizzle_author").on(table.author),
]);

export const userRelations = relations(users, ({ many }) => ({ posts: many(posts) }));
export const postRelations = relations(posts, ({ one }) => ({
    author: one(users, { fields: [posts.author], references: [users.id] }),
}));
// snippet:end

export const kinds = sqliteTable("kinds_node_drizzle", {
    id: integer().primaryKey(),
    number: integer(),
    float: real(),
    flag: integer({ mode: "boolean" }),
    second: integer({ mode: "timestamp" }),
    millisecond: integer({ mode: "timestamp_ms" }),
    words: text(),
    json: text({ mode: "json" }),
    bytes: blob({ mode: "buffer" }),
    big: blob({ mode: "bigint" }),
    blobJson: blob("blob_json", { mode: "json" }),
});
