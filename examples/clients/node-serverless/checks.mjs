// What @tursodatabase/serverless can do beyond main.mjs.
import { connect } from "@tursodatabase/serverless";
import { createClient } from "@tursodatabase/serverless/compat";
import { done, equal, thrown } from "./check.mjs";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";
const url = `${address}/${database}`;

const connection = connect({ url, authToken: token });
await connection.exec("DROP TABLE IF EXISTS values_node_serverless;"
    + " CREATE TABLE values_node_serverless (id INTEGER PRIMARY KEY, v, mark TEXT UNIQUE);");

// --- Values ---------------------------------------------------------------------------------------------------------

const keep = await connection.prepare("INSERT INTO values_node_serverless (v) VALUES (?) RETURNING v, typeof(v) AS type");
async function roundTrip(value) {
    const { v, type } = await keep.get([value]);
    return [v, type];
}

for (const [value, type] of [
    [0, "integer"], [-1, "integer"], [2 ** 53 - 1, "integer"], [1.5, "real"], [5e-324, "real"], [Number.MAX_VALUE, "real"],
    ["", "text"], ["😀 emoji", "text"], ["a\u0000b", "text"], ["'\"/\\\u2028\r\n", "text"], ["x".repeat(1_000_000), "text"],
    [null, "null"],
]) {
    equal(`${type} ${String(value).slice(0, 20)}`, await roundTrip(value), [value, type]);
}
equal("true", await roundTrip(true), [1, "integer"]);
for (let length = 0; length <= 3; length++) {
    const bytes = Buffer.from([0xff, 0x00, 0xfb]).subarray(0, length);
    equal(`blob of ${length}`, await roundTrip(bytes), [Buffer.from(bytes), "blob"]);
}
equal("a blob of a megabyte", (await roundTrip(Buffer.alloc(1_000_000, 7)))[0].length, 1_000_000);
equal("NaN", (await thrown("NaN", () => roundTrip(NaN))).message.includes("finite"), true);

// snippet:integers
// Integers are numbers, which rounds those past 2^53, unless a statement is told to read them as bigint.
const exact = (await connection.prepare("SELECT ? AS v")).safeIntegers(true);
const { v } = await exact.get([9223372036854775807n]);
// snippet:end
for (const integer of [v, -(2n ** 63n), 2n ** 53n + 1n]) {
    equal(`bigint ${integer}`, (await exact.get([integer])).v, integer);
}
equal("2^53 + 1 as a number", (await connection.get("SELECT 9007199254740993 AS v")).v, 2 ** 53);

// --- Statements -----------------------------------------------------------------------------------------------------

equal("by name", await connection.all("SELECT :a AS a, @b AS b", { a: 1, b: "x" }), [{ a: 1, b: "x" }]);
equal("several values", await connection.get("SELECT ? AS a, ? AS b", 1, 2), { a: 1, b: 2 });
equal("raw rows", await (await connection.prepare("SELECT 1, 2")).raw(true).all(), [[1, 2]]);
equal("columns", (await connection.prepare("SELECT id, mark FROM values_node_serverless")).columns(),
    [{ name: "id", type: "INTEGER" }, { name: "mark", type: "TEXT" }]);
const result = await connection.run("INSERT INTO values_node_serverless (id, mark) VALUES (500, 'a'), (501, 'b')");
equal("changes and row id", [result.changes, result.lastInsertRowid], [2, 501]);
equal("RETURNING", await connection.all("UPDATE values_node_serverless SET mark = mark || '!' WHERE id >= 500 RETURNING mark"),
    [{ mark: "a!" }, { mark: "b!" }]);
const counting = await connection.prepare(
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n");
equal("10,000 rows", (await counting.all()).length, 10_000);
let first = 0;
for await (const row of counting.iterate()) {
    first = row.i;
    break;
}
equal("a loop that is left", [first, (await connection.get("SELECT 1 AS one")).one], [1, 1]);

// --- Errors ---------------------------------------------------------------------------------------------------------

for (const [sql, code, text] of [
    ["INSERT INTO values_node_serverless (mark) VALUES ('a!')", "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: values_node_serverless.mark"],
    ["SELECT * FROM nowhere", "SQLITE_ERROR", "no such table: nowhere"],
    ["SELEC", "SQLITE_ERROR", "near \"SELEC\": syntax error"],
]) {
    const error = await thrown(sql, () => connection.run(sql));
    equal(sql, [error.code, error.message], [code, text]);
}
equal("BEGIN CONCURRENT, which SQLite has not",
    (await thrown("BEGIN CONCURRENT", () => connection.transaction(async () => undefined).concurrent())).code, "SQLITE_ERROR");
equal("the connection after errors", (await connection.get("SELECT 1 AS one")).one, 1);
const stranger = connect({ url, authToken: "wrong" });
equal("a wrong token", (await thrown("a wrong token", () => stranger.run("SELECT 1"))).message, "authentication required: unknown token");

// --- Transactions ---------------------------------------------------------------------------------------------------

const count = async () => (await connection.get("SELECT count(*) AS n FROM values_node_serverless")).n;
const before = await count();
const mark = (text) => ({ sql: "INSERT INTO values_node_serverless (mark) VALUES (?)", args: [text] });
await thrown("a batch that fails", () => connection.batch([mark("c"), mark("a!")], "immediate"));
equal("nothing of it stays", await count(), before);
await connection.batch([mark("c"), mark("d")], "immediate");
equal("a batch", await count(), before + 2);

// Two connections that want to write: the second begins when the first has ended.
const other = connect({ url, authToken: token });
await connection.exec("BEGIN IMMEDIATE");
await connection.run("INSERT INTO values_node_serverless (mark) VALUES ('first')");
const waiting = other.transaction(async () =>
    (await other.get("SELECT count(*) AS n FROM values_node_serverless")).n).immediate();
await connection.exec("COMMIT");
equal("what the second sees", await waiting, before + 3);
await other.close();

// The package's other face is that of @libsql/client.
const compatible = createClient({ url, authToken: token });
equal("compat", (await compatible.execute({ sql: "SELECT ? AS v", args: ["x"] })).rows[0].v, "x");
const transaction = await compatible.transaction("write");
await transaction.execute("DELETE FROM values_node_serverless");
await transaction.rollback();
equal("a rollback of compat", await count(), before + 3);
const clash = await thrown("a mark twice", () => compatible.execute(mark("first")));
equal("an error of compat", [clash.code, clash.extendedCode], ["SQLITE_CONSTRAINT", "SQLITE_CONSTRAINT_UNIQUE"]);

compatible.close();
await connection.close();
done("checks.mjs");
