// What drizzle-orm and drizzle-kit do beyond main.ts.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { and, avg, count, desc, eq, gt, inArray, like, max, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";
import { done, equal, thrown } from "./check.ts";
import * as schema from "./schema.ts";
import { kinds, posts, users } from "./schema.ts";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

const client = createClient({ url: `${address}/${database}/`, authToken: token });
const db = drizzle(client, { schema });
const migrationsTable = "migrations_node_drizzle";

function kit(...words: string[]): string {
    const [command, ...rest] = words;
    return execFileSync("node_modules/.bin/drizzle-kit", [command!, ...rest], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

// --- Migrations -----------------------------------------------------------------------------------------------------

// The first migration alone, then rows, then the second: it makes `users` anew while `posts` refers to it by a key that
// cascades, so it is right only if foreign keys were off, and the whole of it in one transaction.
await client.executeMultiple(`DROP TABLE IF EXISTS posts_node_drizzle; DROP TABLE IF EXISTS users_node_drizzle;
    DROP TABLE IF EXISTS kinds_node_drizzle; DROP TABLE IF EXISTS ${migrationsTable};`);
const folder = mkdtempSync(join(tmpdir(), "node-drizzle-"));
try {
    cpSync("migrations", folder, { recursive: true });
    const journal = JSON.parse(readFileSync("migrations/meta/_journal.json", "utf8"));
    equal("the migrations", journal.entries.length, 2);
    writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
    await migrate(db, { migrationsFolder: folder, migrationsTable });
    await db.run(sql`INSERT INTO ${users} (id, name, balance, created_at) VALUES (1, 'ann', 5, 0)`);
    await db.insert(posts).values({ author: 1, title: "kept" });

    // A migration that fails half way leaves nothing behind.
    writeFileSync(join(folder, "0001_broken.sql"), "CREATE TABLE half_node_drizzle (x);\n--> statement-breakpoint\nSELEC 1;");
    const broken = { ...journal.entries[1], tag: "0001_broken" };
    writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries: [journal.entries[0], broken] }));
    await thrown("a migration that fails", () => migrate(db, { migrationsFolder: folder, migrationsTable }));
    equal("nothing of it is left", (await db.all(sql`SELECT 1 FROM sqlite_schema WHERE name = 'half_node_drizzle'`)).length, 0);
} finally {
    rmSync(folder, { recursive: true });
}
equal("drizzle-kit migrate", kit("migrate").includes("migrations applied successfully"), true);
equal("rows of the table that was made anew", (await db.select({ name: users.name, balance: users.balance }).from(users)), [{ name: "ann", balance: 5 }]);
equal("rows that refer to it", (await db.select().from(posts)).map((post) => post.title), ["kept"]);
await thrown("the new check", () => db.insert(users).values({ name: "owes", balance: -1 }));
equal("what was applied", (await db.all(sql.raw(`SELECT 1 FROM ${migrationsTable}`))).length, 2);
await migrate(db, { migrationsFolder: "./migrations", migrationsTable });
equal("once more, nothing happens", (await db.all(sql.raw(`SELECT 1 FROM ${migrationsTable}`))).length, 2);

// --- Values ---------------------------------------------------------------------------------------------------------

const moment = new Date(1700000000123);
const values = {
    id: 1,
    number: 2 ** 53 - 1,
    float: 0.1,
    flag: true,
    second: new Date(1700000000000),
    millisecond: moment,
    words: "a\u0000b 😀 '\"/",
    json: { deep: [1, { text: "é" }], nothing: null },
    bytes: Buffer.from([0, 255, 16]),
    big: 2n ** 63n - 1n,
    blobJson: { list: [1, 2, 3] },
};
const [stored] = await db.insert(kinds).values(values).returning();
equal("every kind of column", stored, values);
equal("every kind of column, selected", (await db.select().from(kinds))[0], values);
equal("how they are stored", await db.all(sql`SELECT typeof(number) AS n, typeof(flag) AS f, second, millisecond, typeof(json) AS j, typeof(bytes) AS b, typeof(big) AS g FROM ${kinds}`),
    [{ n: "integer", f: "integer", second: 1700000000, millisecond: 1700000000123, j: "text", b: "blob", g: "blob" }]);
equal("by a moment", await db.$count(kinds, eq(kinds.millisecond, moment)), 1);
equal("by an element of a JSON text", await db.$count(kinds, sql`${kinds.json} ->> '$.deep[1].text' = 'é'`), 1);
for (let length = 0; length <= 3; length++) {
    const bytes = Buffer.from([255, 0, 251]).subarray(0, length);
    const [found] = await db.update(kinds).set({ bytes, words: "" }).where(eq(kinds.id, 1)).returning();
    equal(`blob of ${length}`, [found!.bytes!.equals(bytes), found!.words], [true, ""]);
}
const [empty] = await db.insert(kinds).values({ id: 2 }).returning();
equal("NULL everywhere", Object.values(empty!).filter((value) => value !== null), [2]);
const integers = createClient({ url: `${address}/${database}/`, authToken: token, intMode: "bigint" });
const exact = drizzle(integers);
const sent = await exact.all(sql`SELECT ${2n ** 63n - 1n} AS largest, ${-(2n ** 63n)} AS smallest`);
equal("both ends of 64 bits with intMode bigint", sent, [{ largest: 2n ** 63n - 1n, smallest: -(2n ** 63n) }]);
integers.close();

// --- Queries --------------------------------------------------------------------------------------------------------

await db.delete(users);
equal("a key that cascades", await db.$count(posts), 0);
const people = await db.insert(users).values(["ann", "bea", "cid", "dan"].map((name, index) => ({ name, balance: index * 10 }))).returning({ id: users.id });
await db.insert(posts).values([0, 0, 1, 3].map((index, number) => ({ author: people[index]!.id, title: `post ${number}` })));
equal("a join", await db.select({ name: users.name, title: posts.title }).from(users).innerJoin(posts, eq(posts.author, users.id))
    .where(and(gt(users.balance, 5), like(posts.title, "post%"))).orderBy(desc(posts.id)), [{ name: "dan", title: "post 3" }, { name: "bea", title: "post 2" }]);
equal("groups", await db.select({ author: users.name, number: count() }).from(posts).innerJoin(users, eq(posts.author, users.id))
    .groupBy(users.id).having(gt(count(), 1)), [{ author: "ann", number: 2 }]);
equal("aggregates", await db.select({ all: sum(users.balance), most: max(users.balance), mean: avg(users.balance) }).from(users), [{ all: "60", most: 30, mean: "15" }]);
equal("a relation's other side", (await db.query.posts.findFirst({ with: { author: true }, where: eq(posts.title, "post 2") }))!.author.name, "bea");
equal("a condition, a limit, an extra", await db.query.users.findMany({
    columns: { name: true }, extras: { loud: sql<string>`upper(${users.name})`.as("loud") },
    where: inArray(users.name, ["ann", "cid", "dan"]), orderBy: desc(users.name), limit: 1, offset: 1,
}), [{ name: "cid", loud: "CID" }]);
const prepared = db.select().from(users).where(eq(users.name, sql.placeholder("name"))).prepare();
equal("a prepared query", (await Promise.all(["ann", "bea"].map((name) => prepared.get({ name })))).map((user) => user!.balance), [0, 10]);
equal("a subquery", await db.select({ number: count() }).from(db.select().from(users).where(gt(users.balance, 5)).as("rich")), [{ number: 3 }]);
const upsert = await db.insert(users).values({ name: "ann", balance: 1 }).onConflictDoUpdate({ target: users.name, set: { balance: sql`excluded.balance + 1` } }).returning();
equal("an upsert", upsert[0]!.balance, 2);
const run = await db.insert(users).values({ name: "ann" }).onConflictDoNothing();
equal("an insert that does nothing", run.rowsAffected, 0);
const last = await db.insert(users).values({ id: 77, name: "eve" });
equal("the last row id", [last.lastInsertRowid, last.rowsAffected], [77n, 1]);

// --- Transactions ---------------------------------------------------------------------------------------------------

const batch = await db.batch([
    db.insert(users).values({ name: "fay" }).returning({ balance: users.balance }),
    db.update(users).set({ balance: 5 }).where(eq(users.name, "fay")),
    db.query.users.findFirst({ where: eq(users.name, "fay"), columns: { balance: true } }),
]);
equal("a batch", [batch[0], batch[1].rowsAffected, batch[2]], [[{ balance: 0 }], 1, { balance: 5 }]);
await thrown("a batch that fails", () => db.batch([db.delete(posts), db.insert(users).values({ name: "ann" })]));
equal("nothing of it stays", await db.$count(posts), 4);

// A transaction within a transaction is a savepoint.
await db.transaction(async (tx) => {
    await tx.update(users).set({ balance: 100 }).where(eq(users.name, "ann"));
    await tx.transaction(async (inner) => {
        await inner.update(users).set({ balance: 200 }).where(eq(users.name, "ann"));
        inner.rollback();
    }).catch(() => undefined);
    await tx.transaction(async (inner) => {
        await inner.update(users).set({ balance: sql`${users.balance} + 1` }).where(eq(users.name, "ann"));
    });
});
equal("savepoints", (await prepared.get({ name: "ann" }))!.balance, 101);
await Promise.all(Array.from({ length: 10 }, () => db.transaction(async (tx) => {
    const user = await tx.query.users.findFirst({ where: eq(users.name, "ann") });
    await tx.update(users).set({ balance: user!.balance + 1 }).where(eq(users.name, "ann"));
})));
equal("ten transactions at once", (await prepared.get({ name: "ann" }))!.balance, 111);

const clash = await thrown("a name twice", () => db.insert(users).values({ name: "ann" }));
equal("an error and its cause", [clash.constructor.name, clash.cause.code], ["DrizzleQueryError", "SQLITE_CONSTRAINT_UNIQUE"]);
const orphan = await thrown("a post of nobody", () => db.insert(posts).values({ author: 9999, title: "x" }));
equal("a foreign key's code", orphan.cause.code, "SQLITE_CONSTRAINT_FOREIGNKEY");

// --- drizzle-kit push -----------------------------------------------------------------------------------------------

function push(name: string): string {
    process.env.PUSH_SCHEMA = name;
    return kit("push", "--config", "push/drizzle.config.ts");
}

await client.executeMultiple("DROP TABLE IF EXISTS children_push_drizzle; DROP TABLE IF EXISTS parents_push_drizzle;");
equal("push makes tables", push("before").includes("Changes applied"), true);
await client.batch(["INSERT INTO parents_push_drizzle VALUES (1, 'ann')", "INSERT INTO children_push_drizzle VALUES (1, 1)"], "write");
equal("push changes tables", push("after").includes("Changes applied"), true);
equal("push again", push("after").includes("No changes detected"), true);
const refused = push("refused");
equal("push of a column's new default", [refused.includes("Changes applied"), refused.includes("No changes")], [false, false]);
equal("rows after push", await db.all(sql`SELECT p.name, c.nickname FROM parents_push_drizzle p JOIN children_push_drizzle c ON c.parent = p.id`),
    [{ name: "ann", nickname: null }]);

client.close();
done("checks.ts");
