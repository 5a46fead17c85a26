// What /query answers beyond main.mjs: statuses, integers past 2^53, every kind of value, and the pipeline's errors.
import { done, equal } from "./check.mjs";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

async function post(path, body, headers = {}) {
    const response = await fetch(`${address}/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

const query = (request, headers) => post(`${database}/query`, request, headers);
const pipeline = (request) => post(`${database}/v3/pipeline`, request);

for (const sql of [
    "DROP TABLE IF EXISTS values_node_fetch",
    "CREATE TABLE values_node_fetch (id INTEGER PRIMARY KEY, v, int_value INTEGER, mark TEXT UNIQUE)",
]) {
    equal(sql, (await query({ sql })).status, 200);
}

// --- Values ---------------------------------------------------------------------------------------------------------

async function roundTrip(value) {
    const { json } = await query({ sql: "INSERT INTO values_node_fetch (v) VALUES (?) RETURNING v, typeof(v)", args: [value] });
    return json.rows[0];
}

for (const [value, type] of [
    [0, "integer"], [-1, "integer"], [2 ** 53 - 1, "integer"], [1.5, "real"], [5e-324, "real"], [Number.MAX_VALUE, "real"],
    ["", "text"], ["😀 emoji", "text"], ["a\u0000b", "text"], ["'\"/\\\u2028\r\n", "text"], [null, "null"],
    ["x".repeat(1_000_000), "text"],
]) {
    equal(`${type} ${JSON.stringify(value).slice(0, 20)}`, await roundTrip(value), [value, type]);
}
equal("true", await roundTrip(true), [1, "integer"]);
// JavaScript writes 100.0 as 100, an integer. The server writes a REAL with its point, which JavaScript drops again.
equal("100.0", await roundTrip(100.0), [100, "integer"]);
equal("a REAL of 100", (await query({ sql: "SELECT 100.0" })).text.includes("[[100.0]]"), true);

// snippet:blobs
const bytes = Uint8Array.from([0x00, 0xff, 0x10]);
const [[stored]] = (await query({
    sql: "INSERT INTO values_node_fetch (v) VALUES (?) RETURNING v",
    args: [{ base64: Buffer.from(bytes).toString("base64") }],
})).json.rows;
const back = new Uint8Array(Buffer.from(stored.base64, "base64"));
// snippet:end
equal("three bytes", back, bytes);
for (let length = 0; length <= 3; length++) {
    const base64 = Buffer.from([0xff, 0x00, 0xfb].slice(0, length)).toString("base64");
    equal(`blob of ${length}`, await roundTrip({ base64 }), [{ base64 }, "blob"]);
    equal(`blob of ${length}, not padded`, await roundTrip({ base64: base64.replaceAll("=", "") }), [{ base64 }, "blob"]);
}

// --- Integers past 2^53 ---------------------------------------------------------------------------------------------

// snippet:integers
// There: a text, which a column declared INTEGER (or a CAST) makes an integer. And back: as a text too.
const number = 9223372036854775807n;
await query({ sql: "INSERT INTO values_node_fetch (id, int_value) VALUES (64, ?)", args: [String(number)] });
const found = await query({ sql: "SELECT CAST(int_value AS TEXT), typeof(int_value) FROM values_node_fetch WHERE id = 64" });
const same = BigInt(found.json.rows[0][0]) === number;
// snippet:end
equal("the largest integer as a text", [same, found.json.rows[0][1]], [true, "integer"]);

for (const integer of ["9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"]) {
    // The server has all digits in both directions; JSON.parse and JSON.stringify have not.
    const exact = await query(`{"sql": "SELECT ?, typeof(?1)", "args": [${integer}]}`);
    equal(`${integer} on the wire`, exact.text.includes(`[[${integer},"integer"]]`), true);
    equal(`${integer} by JSON.parse`, exact.json.rows[0][0], Number(integer));
    equal(`${integer} without its last digits`, BigInt(exact.json.rows[0][0]) === BigInt(integer), integer === "-9223372036854775808");

    // On the pipeline integers are strings.
    const { json } = await pipeline({ requests: [
        { type: "execute", stmt: { sql: "SELECT ?", args: [{ type: "integer", value: integer }] } },
        { type: "close" },
    ] });
    equal(`${integer} on the pipeline`, json.results[0].response.result.rows[0][0], { type: "integer", value: integer });
}

// --- Errors ---------------------------------------------------------------------------------------------------------

const unique = { sql: "INSERT INTO values_node_fetch (mark) VALUES ('once')" };
await query(unique);
const again = await query(unique);
equal("a statement that fails is a 200", again.status, 200);
equal("its error", again.json, { error: {
    message: "UNIQUE constraint failed: values_node_fetch.mark", code: 19, extended_code: 2067,
    reason: "SQLITE_CONSTRAINT_UNIQUE", retryable: false,
} });

// snippet:strict
// With this header a statement that fails has a status of its own.
const strict = await query(unique, { prefer: "status=strict" });
console.log(strict.status, strict.headers.get("preference-applied")); // 409 status=strict
// snippet:end
equal("a constraint, strict", [strict.status, strict.headers.get("preference-applied")], [409, "status=strict"]);
equal("its error, strict", strict.json, again.json);
equal("a syntax error, strict", (await query({ sql: "SELEC" }, { prefer: "status=strict" })).status, 422);
equal("no error, strict", (await query({ sql: "SELECT 1" }, { prefer: "status=strict" })).status, 200);

for (const [request, status, reason] of [
    ["{", 400, "INVALID_JSON"],
    [{ query: "SELECT 1" }, 400, "INVALID_REQUEST"],
    [{ sql: "SELECT ?" }, 400, "ARGS_INVALID"],
    [{ sql: "SELECT 1; SELECT 2" }, 400, "SQL_MANY_STATEMENTS"],
    [{ sql: "BEGIN" }, 400, "STATEMENT_NOT_ALLOWED"],
    [{ sql: "ATTACH 'x.db' AS x" }, 403, "STATEMENT_REFUSED"],
    [{ sql: "SELEC" }, 200, "SQLITE_ERROR"],
]) {
    const answer = await query(request);
    equal(`${JSON.stringify(request)}`, [answer.status, answer.json.error.reason], [status, reason]);
    equal(`the type of ${JSON.stringify(request)}`, answer.headers.get("content-type"), "application/json");
}
const stranger = await query({ sql: "SELECT 1" }, { authorization: "Bearer wrong" });
equal("a wrong token", [stranger.status, stranger.json.error.reason], [401, "UNAUTHENTICATED"]);
const nowhere = await post("nowhere-node/query", { sql: "SELECT 1" });
equal("an unknown database", [nowhere.status, nowhere.json.error.reason], [404, "UNKNOWN_DATABASE"]);
const get = await fetch(`${address}/${database}/query`, { headers: { authorization: `Bearer ${token}` } });
equal("GET", [get.status, get.headers.get("allow"), (await get.json()).error.reason], [405, "POST", "METHOD_NOT_ALLOWED"]);

// --- Batches --------------------------------------------------------------------------------------------------------

const count = async () => (await query({ sql: "SELECT count(*) FROM values_node_fetch" })).json.rows[0][0];
const before = await count();
const mark = (text) => ({ sql: "INSERT INTO values_node_fetch (mark) VALUES (?)", args: [text] });
const failed = await query({ statements: [mark("a"), mark("once"), mark("b")] });
equal("a batch that fails", [failed.status, failed.json.failed_index, failed.json.error.extended_code], [200, 1, 2067]);
equal("nothing of it stays", await count(), before);
const batch = await query({ statements: [mark("a"), mark("b"), { sql: "SELECT count(*) FROM values_node_fetch" }] });
equal("a batch", batch.json.results.map((result) => result.rows_affected), [1, 1, 0]);
equal("a read sees the writes before it", batch.json.results[2].rows, [[before + 2]]);
const many = await query({ sql: "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n" });
equal("10,000 rows", [many.json.rows.length, many.json.rows[9999][0]], [10_000, 10_000]);

// --- The pipeline ---------------------------------------------------------------------------------------------------

const opened = await pipeline({ requests: [
    { type: "execute", stmt: { sql: "BEGIN IMMEDIATE" } },
    { type: "execute", stmt: { sql: "SELEC" } },
    { type: "get_autocommit" },
] });
equal("a pipeline's results", opened.json.results.map((result) => result.type), ["ok", "error", "ok"]);
equal("a pipeline's error", opened.json.results[1].error.code, "SQLITE_ERROR");
equal("still in the transaction", opened.json.results[2].response.is_autocommit, false);
const closed = await pipeline({ baton: opened.json.baton, requests: [{ type: "execute", stmt: { sql: "COMMIT" } }, { type: "close" }] });
equal("no baton behind close", closed.json.baton, null);
const replayed = await pipeline({ baton: opened.json.baton, requests: [{ type: "get_autocommit" }] });
equal("the baton of a transaction that has ended", [replayed.status, replayed.json.code], [400, "INVALID_BATON"]);
equal("a forged baton", (await pipeline({ baton: "forged", requests: [] })).json.code, "INVALID_BATON");

const parallel = await Promise.all(Array.from({ length: 40 }, (_, index) => query({ sql: "SELECT ?", args: [index] })));
equal("40 requests at once", parallel.every(({ json }, index) => json.rows[0][0] === index), true);
done("checks.mjs");
