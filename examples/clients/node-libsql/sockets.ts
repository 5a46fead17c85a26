// What is particular to ws: one socket carries all calls, and a new one takes its place when it breaks.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { createClient, LibsqlError } from "@libsql/client";
import { done, equal, thrown } from "./check.ts";

const address = new URL(process.env.QUICSQL_URL ?? "ws://127.0.0.1:7775");
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

// A stretch of network that can be cut.
const pairs = new Set<[Socket, Socket]>();
let connections = 0;
const network = createServer((near) => {
    connections++;
    const pair: [Socket, Socket] = [near, connect(Number(address.port), address.hostname)];
    pairs.add(pair);
    const [, far] = pair;
    for (const socket of pair) {
        socket.on("error", () => undefined).on("close", () => {
            near.destroy();
            far.destroy();
            pairs.delete(pair);
        });
    }
    near.pipe(far).pipe(near);
});
network.listen(0, "127.0.0.1");
await once(network, "listening");

function cut(): void {
    for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
    }
}

const url = `ws://127.0.0.1:${(network.address() as AddressInfo).port}/${database}/`;
const client = createClient({ url, authToken: token });
const other = createClient({ url: `${address.origin}/${database}/`, authToken: token });

await client.executeMultiple("DROP TABLE IF EXISTS sockets_node_libsql; CREATE TABLE sockets_node_libsql (v)");
await Promise.all(Array.from({ length: 50 }, (_, index) => client.execute("INSERT INTO sockets_node_libsql VALUES (?)", [index])));
equal("50 calls and a script share a socket", connections, 1);

async function count(): Promise<unknown> {
    return (await other.execute("SELECT count(*) FROM sockets_node_libsql")).rows[0]![0];
}

const readers = await Promise.all(Array.from({ length: 30 }, async () => {
    const transaction = await client.transaction("read");
    await transaction.execute("SELECT count(*) FROM sockets_node_libsql");
    return transaction;
}));
await other.execute("INSERT INTO sockets_node_libsql VALUES ('new')");
const seen = await Promise.all(readers.map(async (reader) =>
    (await reader.execute("SELECT count(*) FROM sockets_node_libsql")).rows[0]![0]));
equal("30 transactions on one socket keep their snapshots", new Set(seen), new Set([50]));
readers.forEach((reader) => reader.close());

// The socket breaks within a transaction that holds the turn to write: it is rolled back at once.
const lost = await client.transaction("write");
await lost.execute("DELETE FROM sockets_node_libsql");
const writing = other.execute("INSERT INTO sockets_node_libsql VALUES ('after')");
const cutAt = performance.now();
cut();
await writing;
equal("who waits for the turn does not wait for a lost client", performance.now() - cutAt < 4_000, true);
equal("a lost transaction leaves nothing", await count(), 52);
const gone = await thrown("a statement of a lost transaction", () => lost.execute("DELETE FROM sockets_node_libsql"));
equal("its class", gone instanceof LibsqlError, true);
equal("its code", ["HRANA_WEBSOCKET_ERROR", "HRANA_CLOSED_ERROR", "TRANSACTION_CLOSED"].includes(gone.code), true);
console.log(`a lost socket: ${gone.message}`);
lost.close();
equal("the client's next call", (await client.execute("SELECT count(*) FROM sockets_node_libsql")).rows[0]![0], 52);
equal("a new socket for it", connections, 2);

await client.reconnect();
equal("a call after reconnect()", (await client.execute("SELECT 1 AS one")).rows[0]!.one, 1);
equal("another socket", connections, 3);

// A message past limits.max_hrana_body: the server closes the socket, and the next call has a new one.
const tooLong = await thrown("a message that is too long", () => client.execute("SELECT ?", ["x".repeat(33 * 2 ** 20)]));
console.log(`a message that is too long: ${tooLong.message}`);
equal("a call after it", (await client.execute("SELECT 1 AS one")).rows[0]!.one, 1);
equal("yet another socket", connections, 4);
equal("ten million characters", (await client.execute("SELECT length(?)", ["x".repeat(1e7)])).rows[0]![0], 1e7);

await other.execute("DROP TABLE sockets_node_libsql");
other.close();
client.close();
network.close();
done("sockets.ts over ws:");
