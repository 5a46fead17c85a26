// Hrana 3 in Protobuf, with the package that @libsql/client is built on: the only client that speaks it.
import * as hrana from "@libsql/hrana-client";
import { done, equal, thrown } from "./check.ts";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";
const websocket = address.startsWith("ws");
const url = `${address}/${database}/`;

const client: hrana.Client = websocket
    ? hrana.openWs(url, token, 3)
    : hrana.openHttp(url, token, undefined, undefined, 3);
client.intMode = "bigint";
equal("the version that both speak", await client.getVersion(), 3);

const stream = client.openStream();
await stream.sequence("DROP TABLE IF EXISTS proto_node_libsql;"
    + " CREATE TABLE proto_node_libsql (id INTEGER PRIMARY KEY, v, mark TEXT UNIQUE)");
for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 1.5, -0, 5e-324, "", "a\u0000b😀", null]) {
    const stored = await stream.queryValue(["INSERT INTO proto_node_libsql (v) VALUES (?) RETURNING v", [value]]);
    equal(`${typeof value} ${value}`, stored.value, value);
}
for (let length = 0; length <= 3; length++) {
    const bytes = Uint8Array.from([0xff, 0x00, 0xfb]).subarray(0, length);
    equal(`blob of ${length}`, (await stream.queryValue(["SELECT ?", [bytes]])).value, bytes.slice().buffer);
}
equal("an infinity", (await stream.queryValue("SELECT -9e999")).value, -Infinity);
const inserted = await stream.run(["INSERT INTO proto_node_libsql (id, v) VALUES (-7, :v)", { v: "named" }]);
equal("affected rows", inserted.affectedRowCount, 1);
equal("a negative row id", inserted.lastInsertRowid, -7n);
equal("a row by name", (await stream.queryRow("SELECT id, v FROM proto_node_libsql WHERE id = -7")).row!.v, "named");

const described = await stream.describe("SELECT id, v AS w FROM proto_node_libsql WHERE v = :v AND id > ?");
equal("parameters", described.paramNames, [":v", undefined]);
equal("columns", described.columns, [{ name: "id", decltype: "INTEGER" }, { name: "w", decltype: undefined }]);
equal("reads only", [described.isReadonly, described.isExplain], [true, false]);

const stored = (websocket ? (client as hrana.WsClient) : (stream as hrana.HttpStream)).storeSql("SELECT ? || '!'");
equal("a stored text", (await stream.queryValue(new hrana.Stmt(stored).bindIndexes(["a"]))).value, "a!");
equal("it again", (await stream.queryValue(new hrana.Stmt(stored).bindIndexes(["b"]))).value, "b!");
stored.close();

equal("autocommit", await stream.getAutocommit(), true);
await stream.run("BEGIN IMMEDIATE");
equal("no autocommit in a transaction", await stream.getAutocommit(), false);
await stream.run("INSERT INTO proto_node_libsql (mark) VALUES ('undone')");
await stream.run("ROLLBACK");
equal("autocommit after a rollback", await stream.getAutocommit(), true);

const error = await thrown("a statement that fails", () => stream.run("INSERT INTO proto_node_libsql (id) VALUES (-7)"));
equal("its class", error instanceof hrana.ResponseError, true);
equal("its code", error.code, "SQLITE_CONSTRAINT_PRIMARYKEY");
equal("its text", error.message, "UNIQUE constraint failed: proto_node_libsql.id");

for (const cursor of [false, true]) {
    const how = cursor ? "through a cursor" : "in one answer";
    await stream.run("DELETE FROM proto_node_libsql");
    const batch = stream.batch(cursor);
    const begin = batch.step();
    const begun = begin.run("BEGIN");
    const good = batch.step().condition(hrana.BatchCond.ok(begin));
    const goodResult = good.query(["INSERT INTO proto_node_libsql (mark) VALUES (?), (?) RETURNING mark", ["a", "b"]]);
    const bad = batch.step();
    const badResult = bad.run("INSERT INTO proto_node_libsql (mark) VALUES ('a')").catch((reason) => reason.code);
    const skipped = batch.step().condition(hrana.BatchCond.and(batch, [hrana.BatchCond.ok(good), hrana.BatchCond.ok(bad)]));
    const skippedResult = skipped.query("SELECT 1");
    const chosen = batch.step().condition(hrana.BatchCond.or(batch, [hrana.BatchCond.ok(skipped), hrana.BatchCond.error(bad)]))
        .queryValue("SELECT 'chosen'");
    const commit = batch.step().condition(hrana.BatchCond.not(hrana.BatchCond.isAutocommit(batch)));
    const committed = commit.run("COMMIT");
    const late = batch.step().condition(hrana.BatchCond.not(hrana.BatchCond.isAutocommit(batch))).run("COMMIT");
    const rows = batch.step().query(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i, hex(i) AS h FROM n");
    await batch.execute();
    equal(`BEGIN ${how}`, (await begun)?.affectedRowCount, 0);
    equal(`rows with RETURNING ${how}`, (await goodResult)?.rows.map((row) => row.mark), ["a", "b"]);
    equal(`affected rows ${how}`, (await goodResult)?.affectedRowCount, 2);
    // A cursor's row ids arrive twice as large: this client reads them as another kind of number than Hrana sends.
    equal(`the last row id ${how}`, (await goodResult)?.lastInsertRowid, cursor ? 4n : 2n);
    equal(`a step's failure ${how}`, await badResult, "SQLITE_CONSTRAINT_UNIQUE");
    equal(`a skipped step ${how}`, await skippedResult, undefined);
    equal(`conditions ${how}`, (await chosen)?.value, "chosen");
    equal(`COMMIT ${how}`, await committed !== undefined, true);
    equal(`a second COMMIT ${how}`, await late, undefined);
    equal(`10,000 rows ${how}`, (await rows)?.rows.length, 10_000);
    equal(`the last row ${how}`, (await rows)?.rows[9_999]!.h, "3130303030");
    equal(`what is stored ${how}`, (await stream.queryValue("SELECT count(*) FROM proto_node_libsql")).value, 2n);
}

// A stream that is closed in a transaction gives the turn to write back.
await stream.run("BEGIN IMMEDIATE");
await stream.run("DELETE FROM proto_node_libsql");
stream.closeGracefully();
const other = client.openStream();
equal("a closed stream's transaction is gone", (await other.queryValue("SELECT count(*) FROM proto_node_libsql")).value, 2n);
await other.run("DELETE FROM proto_node_libsql");
other.closeGracefully();
client.close();
done(`protocol3.ts over ${websocket ? "ws:" : "http:"}`);
