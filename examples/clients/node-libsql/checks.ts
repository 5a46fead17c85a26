// What @libsql/client can do beyond main.ts, over the scheme that the address names.
import { createClient, LibsqlBatchError, LibsqlError, type Client, type InValue, type IntMode } from "@libsql/client";
import { done, equal, thrown } from "./check.ts";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";
const websocket = address.startsWith("ws");
const http = address.replace(/^ws/, "http");
const url = `${address}/${database}/`;

function open(intMode?: IntMode): Client {
    return createClient({ url, authToken: token, intMode });
}

const client = open();
const exact = open("bigint");
const idle = open();
equal("the client's protocol", client.protocol, websocket ? "ws" : "http");
await idle.execute("SELECT 1");
const idleSince = Date.now();

await client.executeMultiple(`
    DROP TABLE IF EXISTS values_node_libsql;
    CREATE TABLE values_node_libsql (id INTEGER PRIMARY KEY, any_value, int_value INTEGER);
`);

// --- Values ---------------------------------------------------------------------------------------------------------

/** Stores a value, reads it back as it is and as SQLite sees it. */
async function roundTrip(through: Client, value: InValue): Promise<[unknown, unknown]> {
    const found = await through.execute({
        sql: "INSERT INTO values_node_libsql (any_value) VALUES (?) RETURNING any_value, typeof(any_value)",
        args: [value],
    });
    return [found.rows[0]![0], found.rows[0]![1]];
}

// snippet:integers
// With "bigint", integers are exact in both directions.
const precise = createClient({ url, authToken: token, intMode: "bigint" });
const largest = await precise.execute({ sql: "SELECT ?", args: [9223372036854775807n] });
console.log(largest.rows[0]![0]); // 9223372036854775807n
// snippet:end
equal("the largest integer of a SELECT", largest.rows[0]![0], 9223372036854775807n);
precise.close();

for (const integer of [0n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    equal(`bigint ${integer}`, await roundTrip(exact, integer), [integer, "integer"]);
    const texts = open("string");
    equal(`bigint ${integer} as a string`, await roundTrip(texts, integer), [`${integer}`, "integer"]);
    texts.close();
}
equal("an integer as a number", await roundTrip(client, 2n ** 53n - 1n), [2 ** 53 - 1, "integer"]);
const unsafe = await thrown("2^53 + 1 as a number", () => roundTrip(client, 2n ** 53n + 1n));
equal("the error of 2^53 + 1 as a number", unsafe instanceof RangeError, true);
equal("the error of 2^63", (await thrown("2^63", () => roundTrip(exact, 2n ** 63n))) instanceof RangeError, true);

// Every JavaScript number is sent as a floating-point number; a column's declared type makes it an integer again.
for (const number of [1, 0.1, -1.5, 5e-324, Number.MAX_VALUE, 2 ** 53]) {
    equal(`number ${number}`, await roundTrip(client, number), [number, "real"]);
}
equal("-0, which JSON has not", Object.is((await roundTrip(client, -0))[0], 0), true);
const declared = await client.execute("INSERT INTO values_node_libsql (int_value) VALUES (?)"
    + " RETURNING int_value, typeof(int_value)", [7]);
equal("a number in an INTEGER column", [...Array.from(declared.rows[0]!)], [7, "integer"]);
for (const number of [NaN, Infinity, -Infinity]) {
    equal(`the error of ${number}`, (await thrown(`${number}`, () => roundTrip(client, number))) instanceof RangeError, true);
}
equal("an infinity of SQLite", (await client.execute("SELECT 9e999")).rows[0]![0], null);
equal("true", await roundTrip(client, true), [1, "integer"]);
equal("false", await roundTrip(client, false), [0, "integer"]);
equal("a Date", await roundTrip(client, new Date(1700000000123)), [1700000000123, "real"]);
equal("null", await roundTrip(client, null), [null, "null"]);

const megabyte = "é\u0000😀x".repeat(125_000);
for (const text of ["", "a", "😀 emoji", "a\u0000b", "\u0000", "'\"`;--/\\", "/ and \\/", "\u2028\u0007\r\n", "日本語", megabyte]) {
    equal(`text of ${text.length}: ${JSON.stringify(text.slice(0, 20))}`, await roundTrip(client, text), [text, "text"]);
}

for (let length = 0; length <= 3; length++) {
    const bytes = Uint8Array.from([0xff, 0x00, 0xfb]).subarray(0, length);
    equal(`blob of ${length}`, await roundTrip(client, bytes), [bytes.slice().buffer, "blob"]);
    equal(`ArrayBuffer of ${length}`, await roundTrip(client, bytes.slice().buffer), [bytes.slice().buffer, "blob"]);
}
const large = new Uint8Array(1_000_000).map((_, index) => index * 7);
equal("a blob of a megabyte", await roundTrip(client, large), [large.buffer, "blob"]);
equal("a part of a larger array", await roundTrip(client, large.subarray(3, 6)), [large.slice(3, 6).buffer, "blob"]);

// --- Arguments ------------------------------------------------------------------------------------------------------

async function row(sql: string, args: InValue[] | Record<string, InValue>): Promise<unknown[]> {
    return Array.from((await client.execute({ sql, args })).rows[0]!);
}

equal("?", await row("SELECT ?, ?", ["a", "b"]), ["a", "b"]);
equal("?2, ?1", await row("SELECT ?2, ?1, ?1", ["a", "b"]), ["b", "a", "a"]);
equal("names without their sign", await row("SELECT :a, @b, $c, :a", { a: 1, b: 2, c: 3 }), [1, 2, 3, 1]);
equal("names with their sign", await row("SELECT :a, @a, $a", { ":a": 1, "@a": 2, $a: 3 }), [1, 2, 3]);
equal("execute(sql, args)", (await client.execute("SELECT ? AS v", ["x"])).rows[0]!.v, "x");
for (const args of [[], [1, 2], { b: 1 }]) {
    const error = await thrown("wrong arguments", () => client.execute({ sql: "SELECT :a", args }));
    equal(`the code of ${JSON.stringify(args)}`, error.code, "ARGS_INVALID");
}

// --- Results --------------------------------------------------------------------------------------------------------

const inserted = await client.execute("INSERT INTO values_node_libsql (id, any_value) VALUES (1000, 'a'), (1001, 'b')");
equal("rows affected", inserted.rowsAffected, 2);
equal("last row id", inserted.lastInsertRowid, 1001n);
const updated = await client.execute("UPDATE values_node_libsql SET any_value = 'c' WHERE id >= 1000 RETURNING id, any_value");
equal("rows affected of an UPDATE with RETURNING", updated.rowsAffected, 2);
equal("rows of an UPDATE with RETURNING", updated.rows.map((found) => [found.id, found.any_value]), [[1000, "c"], [1001, "c"]]);
equal("an UPDATE's last row id", updated.lastInsertRowid, undefined);
const negative = await client.execute("INSERT INTO values_node_libsql (id) VALUES (-5)");
equal("a negative row id", negative.lastInsertRowid, -5n);
const selected = await client.execute("SELECT id, any_value, int_value, 1 + 1 AS sum, 2 AS sum FROM values_node_libsql LIMIT 1");
equal("columns", selected.columns, ["id", "any_value", "int_value", "sum", "sum"]);
equal("declared types", selected.columnTypes, ["INTEGER", "", "INTEGER", "", ""]);
equal("rows affected of a SELECT", selected.rowsAffected, 0);
equal("no rows", (await client.execute("SELECT 1 WHERE 0")).rows.length, 0);
equal("a comment and a semicolon behind a statement", (await client.execute("SELECT 1; -- done")).rows.length, 1);

const counting = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i, 'row ' || i FROM n";
const many = await client.execute(counting);
equal("10,000 rows", many.rows.length, 10_000);
equal("the last of 10,000 rows", Array.from(many.rows[9_999]!), [10_000, "row 10000"]);

// --- Errors ---------------------------------------------------------------------------------------------------------

await client.executeMultiple(`
    DROP TABLE IF EXISTS children_node_libsql;
    DROP TABLE IF EXISTS parents_node_libsql;
    CREATE TABLE parents_node_libsql (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0));
    CREATE TABLE children_node_libsql (id TEXT PRIMARY KEY, parent INTEGER NOT NULL
        REFERENCES parents_node_libsql (id) ON DELETE CASCADE);
    CREATE TRIGGER guard_node_libsql BEFORE INSERT ON children_node_libsql WHEN NEW.id = 'x;y' BEGIN
        SELECT RAISE(ABORT, 'no x; no y');
    END;
    INSERT INTO parents_node_libsql VALUES (1, 'ann', 40);
    INSERT INTO children_node_libsql VALUES ('c1', 1);
`);
const failures: [string, string, string][] = [
    ["INSERT INTO parents_node_libsql (name) VALUES ('ann')", "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: parents_node_libsql.name"],
    ["INSERT INTO parents_node_libsql VALUES (1, 'bea', 1)", "SQLITE_CONSTRAINT_PRIMARYKEY", "UNIQUE constraint failed: parents_node_libsql.id"],
    ["INSERT INTO parents_node_libsql (name) VALUES (NULL)", "SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: parents_node_libsql.name"],
    ["INSERT INTO parents_node_libsql VALUES (2, 'bea', -1)", "SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: age >= 0"],
    ["INSERT INTO children_node_libsql VALUES ('c2', 99)", "SQLITE_CONSTRAINT_FOREIGNKEY", "FOREIGN KEY constraint failed"],
    ["INSERT INTO children_node_libsql VALUES ('x;y', 1)", "SQLITE_CONSTRAINT_TRIGGER", "no x; no y"],
    ["SELECT * FROM nowhere_node_libsql", "SQLITE_ERROR", "no such table: nowhere_node_libsql"],
    ["SELEC 1", "SQLITE_ERROR", 'near "SELEC": syntax error'],
    ["SELECT 1; SELECT 2", "SQL_MANY_STATEMENTS", ""],
    ["-- nothing", "SQL_NO_STATEMENT", ""],
    ["ATTACH 'other.db' AS other", "STATEMENT_REFUSED", ""],
];
for (const [sql, code, text] of failures) {
    const error = await thrown(sql, () => client.execute(sql));
    equal(`${sql} is a LibsqlError`, error instanceof LibsqlError, true);
    equal(`the code of ${sql}`, error.code, code);
    equal(`the text of ${sql}`, error.message.startsWith(`${code}: ${text}`), true);
    // This client sets them for local files only: `code` is already the extended one.
    equal(`extendedCode and rawCode of ${sql}`, [error.extendedCode, error.rawCode], [undefined, undefined]);
}
equal("the client after errors", (await client.execute("SELECT 1 AS one")).rows[0]!.one, 1);

const stranger = createClient({ url, authToken: "wrong" });
const refused = await thrown("a wrong token", () => stranger.execute("SELECT 1"));
equal("the code of a wrong token", refused.code, "UNAUTHENTICATED");
console.log(`a wrong token: ${refused.message}`);
stranger.close();

// --- Batches --------------------------------------------------------------------------------------------------------

async function count(table: string): Promise<unknown> {
    return (await client.execute(`SELECT count(*) FROM ${table}`)).rows[0]![0];
}

const people = "INSERT INTO parents_node_libsql (name) VALUES (?)";
for (const mode of ["write", "deferred"] as const) {
    const results = await client.batch([
        { sql: people, args: [`one of ${mode}`] },
        [people, [`two of ${mode}`]],
        "SELECT changes() AS changed",
    ], mode);
    equal(`results of a batch, ${mode}`, results.map((result) => result.rowsAffected), [1, 1, 0]);
    equal(`changes() in a batch, ${mode}`, results[2]!.rows[0]!.changed, 1);
}
const read = await client.batch(["SELECT count(*) AS n FROM parents_node_libsql", "SELECT 2 AS n"], "read");
equal("results of a batch, read", read.map((result) => result.rows[0]!.n), [5, 2]);
const readonly = await thrown("a write in a batch that reads", () => client.batch(["SELECT 1", "DELETE FROM parents_node_libsql"], "read"));
equal("its code", readonly.code, "SQLITE_READONLY");

const failed = await thrown("a batch that fails", () => client.batch([[people, ["dora"]], [people, ["ann"]], [people, ["eve"]]], "write"));
equal("a batch's error", failed instanceof LibsqlBatchError, true);
equal("its code", failed.code, "SQLITE_CONSTRAINT_UNIQUE");
equal("the statement that failed", failed.statementIndex, 1);
equal("nothing of a batch that failed stays", await count("parents_node_libsql"), 5);

const bulk = await client.batch(Array.from({ length: 1000 }, (_, index) => ({
    sql: "INSERT INTO values_node_libsql (int_value) VALUES (?)",
    args: [index],
})), "write");
equal("a batch of 1,000", bulk.length, 1000);

const stop = await thrown("a script that fails", () => client.executeMultiple(
    "INSERT INTO parents_node_libsql (name) VALUES ('script');"
    + " INSERT INTO nowhere_node_libsql VALUES (1); INSERT INTO parents_node_libsql (name) VALUES ('later')"));
equal("its code", stop.code, "SQLITE_ERROR");
equal("what a script did before it failed stays", await count("parents_node_libsql"), 6);

// A table is made anew while another refers to it: migrate() switches foreign keys off around its transaction.
await client.migrate([
    "CREATE TABLE new_parents_node_libsql (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER, mail TEXT)",
    "INSERT INTO new_parents_node_libsql (id, name, age) SELECT id, name, age FROM parents_node_libsql",
    "DROP TABLE parents_node_libsql",
    "ALTER TABLE new_parents_node_libsql RENAME TO parents_node_libsql",
]);
equal("children after a migration", await count("children_node_libsql"), 1);
equal("columns after a migration", (await client.execute("SELECT * FROM parents_node_libsql")).columns, ["id", "name", "age", "mail"]);
const migration = await thrown("a migration that fails", () => client.migrate(["DROP TABLE parents_node_libsql", "SELEC"]));
equal("its code", migration.code, "SQLITE_ERROR");
equal("parents after a migration that failed", await count("parents_node_libsql"), 6);
equal("foreign keys after migrations", (await thrown("a child of nobody", () => client.execute(
    "INSERT INTO children_node_libsql VALUES ('c3', 99)"))).code, "SQLITE_CONSTRAINT_FOREIGNKEY");

// --- Transactions ---------------------------------------------------------------------------------------------------

const write = await client.transaction("write");
await write.execute({ sql: people, args: ["fred"] });
const clash = await thrown("a failure in a transaction", () => write.execute({ sql: people, args: ["ann"] }));
equal("its code", clash.code, "SQLITE_CONSTRAINT_UNIQUE");
await write.batch([{ sql: people, args: ["gina"] }, "SAVEPOINT s", "DELETE FROM parents_node_libsql", "ROLLBACK TO s"]);
await write.executeMultiple("RELEASE s; INSERT INTO parents_node_libsql (name) VALUES ('hugo');");
equal("others do not see it yet", await count("parents_node_libsql"), 6);
await write.commit();
equal("a transaction goes on after a failure", await count("parents_node_libsql"), 9);
equal("a committed transaction is closed", write.closed, true);
equal("the code of a closed transaction", (await thrown("a closed transaction", () => write.execute("SELECT 1"))).code, "TRANSACTION_CLOSED");

const reading = await client.transaction("read");
equal("a read transaction", (await reading.execute("SELECT count(*) FROM parents_node_libsql")).rows[0]![0], 9);
await client.execute("INSERT INTO parents_node_libsql (name) VALUES ('ida')");
equal("a read transaction's snapshot", (await reading.execute("SELECT count(*) FROM parents_node_libsql")).rows[0]![0], 9);
equal("the code of a write in it", (await thrown("a write in it", () => reading.execute("DELETE FROM parents_node_libsql"))).code, "SQLITE_READONLY");
reading.close();

const deferred = await client.transaction("deferred");
equal("a deferred transaction reads", (await deferred.execute("SELECT count(*) FROM parents_node_libsql")).rows[0]![0], 10);
await client.execute("INSERT INTO parents_node_libsql (name) VALUES ('jan')");
equal("its write after somebody else's", (await thrown("a late write", () => deferred.execute("DELETE FROM parents_node_libsql"))).code, "SQLITE_BUSY_SNAPSHOT");
await deferred.rollback();

// Two that want to write, on one client: the second begins when the first has ended.
const first = await client.transaction("write");
await first.execute("UPDATE parents_node_libsql SET age = 1 WHERE name = 'ann'");
const second = await client.transaction("write");
let order = "";
const waiting = second.execute("UPDATE parents_node_libsql SET age = age + 10 WHERE name = 'ann'").then(() => {
    order += "second";
});
equal("a reader does not wait", (await client.execute("SELECT age FROM parents_node_libsql WHERE name = 'ann'")).rows[0]!.age, 40);
order += "first ";
await first.commit();
await waiting;
await second.commit();
equal("the order of two transactions", order, "first second");
equal("both took effect", (await client.execute("SELECT age FROM parents_node_libsql WHERE name = 'ann'")).rows[0]!.age, 11);

// --- Many at a time -------------------------------------------------------------------------------------------------

await client.execute("UPDATE parents_node_libsql SET age = 0 WHERE name = 'ann'");
const calls = Array.from({ length: 60 }, (_, index) => index % 2 === 0
    ? client.execute("UPDATE parents_node_libsql SET age = age + 1 WHERE name = 'ann'")
    : client.execute({ sql: "SELECT ? AS v", args: [index] }));
const answers = await Promise.all(calls);
equal("60 calls at once", answers.filter((answer, index) => index % 2 === 1 && answer.rows[0]!.v === index).length, 30);
await Promise.all(Array.from({ length: 20 }, async () => {
    const transaction = await client.transaction("write");
    const age = (await transaction.execute("SELECT age FROM parents_node_libsql WHERE name = 'ann'")).rows[0]!.age as number;
    await transaction.execute({ sql: "UPDATE parents_node_libsql SET age = ? WHERE name = 'ann'", args: [age + 1] });
    await transaction.commit();
}));
equal("30 updates and 20 transactions", (await client.execute("SELECT age FROM parents_node_libsql WHERE name = 'ann'")).rows[0]!.age, 50);

// --- Addresses ------------------------------------------------------------------------------------------------------

async function outcome(address: string): Promise<string> {
    let other: Client | undefined;
    try {
        other = createClient(address.includes("authToken") ? { url: address } : { url: address, authToken: token });
        return `row ${(await other.execute("SELECT 1")).rows[0]![0]}`;
    } catch (error) {
        return (error as LibsqlError).code;
    } finally {
        other?.close();
    }
}

equal("the database behind a slash", await outcome(url), "row 1");
equal("an unknown database behind a slash", await outcome(`${address}/nowhere-node/`), "UNKNOWN_DATABASE");
equal("the token in the address", await outcome(`${url}?authToken=${token}`), "row 1");
equal("another parameter in the address", await outcome(`${url}?timeout=1`), "URL_PARAM_NOT_SUPPORTED");
equal("libsql: without TLS", await outcome(`${url.replace(/^\w+/, "libsql")}?tls=0`), "row 1");
// Over http the last part of a path without a slash is dropped: the server never learns the name. Where it has a default
// database that one answers; else it says what is missing.
const nameless = await fetch(`${http}/v2/pipeline`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ requests: [{ type: "close" }] }),
});
await nameless.arrayBuffer();
equal("no slash", await outcome(`${address}/nowhere-node`),
    websocket ? "UNKNOWN_DATABASE" : nameless.ok ? "row 1" : "NOT_FOUND");

// --- Limits ---------------------------------------------------------------------------------------------------------

const tooLarge = await thrown("a large result", () => client.execute(
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT hex(zeroblob(4000000)) FROM n"));
equal("the code of a large result", tooLarge.code, "RESPONSE_TOO_LARGE");
equal("its text names the limit", tooLarge.message.includes("max_response_size"), true);
const tooBig = await thrown("a large value", () => client.execute("SELECT length(?)", ["x".repeat(17 * 2 ** 20)]));
equal("the code of a large value", tooBig.code, "SQLITE_TOOBIG");
if (!websocket) {
    const tooLong = await thrown("a large request", () => client.execute("SELECT length(?)", ["x".repeat(33 * 2 ** 20)]));
    equal("the code of a large request", tooLong.code, "BODY_TOO_LARGE");
}
equal("the client after all these", (await client.execute("SELECT 1 AS one")).rows[0]!.one, 1);

// --- Idle -----------------------------------------------------------------------------------------------------------

// A transaction that keeps others from writing and is quiet for limits.contended_idle_timeout is rolled back, and says so
// until it is closed. Nothing of it runs on its own.
const quiet = await client.transaction("write");
await quiet.execute({ sql: people, args: ["quiet"] });
await client.execute({ sql: people, args: ["busy"] });
const lost = await thrown("a transaction that was quiet too long", () => quiet.execute({ sql: people, args: ["late"] }));
equal("its code", lost.code, "TRANSACTION_TIMEOUT");
equal("it again", (await thrown("it again", () => quiet.execute({ sql: people, args: ["later"] }))).code, "TRANSACTION_TIMEOUT");
await quiet.rollback();
equal("nothing of it stayed", (await client.execute(
    "SELECT group_concat(name) AS names FROM parents_node_libsql WHERE name IN ('quiet', 'busy', 'late', 'later')")).rows[0]!.names, "busy");

equal("the pause was one", Date.now() - idleSince > 4_500, true);
equal("a client after a pause", (await idle.execute("SELECT 1 AS one")).rows[0]!.one, 1);

idle.close();
equal("a closed client", (await thrown("a closed client", () => idle.execute("SELECT 1"))).message.includes("closed"), true);
client.close();
exact.close();
done(`checks.ts over ${websocket ? "ws:" : "http:"}`);
