// Users and their balances with @libsql/client: inserts, a transfer in a transaction, an error.
// snippet:connect
import { createClient, LibsqlError, type Client } from "@libsql/client";

// http://127.0.0.1:7775 or ws://127.0.0.1:7775: this address is all that differs between the two.
const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

// The database is the path. The slash behind it is a part of the address: over http its name is lost without it.
// Nothing is sent before the first statement.
const client = createClient({ url: `${address}/${database}/`, authToken: token });
// snippet:end
import { done, equal } from "./check.ts";

await client.execute(
    "CREATE TABLE IF NOT EXISTS users_node_libsql"
    + " (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL CHECK (balance >= 0))",
);
await client.execute("DELETE FROM users_node_libsql");

// snippet:query
// By position …
const ada = await client.execute({
    sql: "INSERT INTO users_node_libsql (name, balance) VALUES (?, ?)",
    args: ["ada", 100],
});
console.log(`ada has the row id ${ada.lastInsertRowid}`);

// … or by name. A batch takes effect as a whole, in one request.
await client.batch(
    ["bob", "carol"].map((name) => ({
        sql: "INSERT INTO users_node_libsql (name, balance) VALUES (:name, :balance)",
        args: { name, balance: 100 },
    })),
    "write",
);

const users = await client.execute("SELECT name, balance FROM users_node_libsql ORDER BY name");
for (const row of users.rows) {
    console.log(`${row.name} has ${row.balance}`);
}
// snippet:end
equal("ada's row", ada.rowsAffected, 1);
equal("ada's row id", typeof ada.lastInsertRowid, "bigint");
equal("the users", users.rows.map((row) => row.name), ["ada", "bob", "carol"]);

// snippet:transaction
// Both halves of the transfer, or neither. "write" begins with BEGIN IMMEDIATE: it waits for its turn once, at the
// beginning, and cannot be refused later.
async function transfer(client: Client, giver: string, taker: string, amount: number): Promise<void> {
    const transaction = await client.transaction("write");
    try {
        const change = "UPDATE users_node_libsql SET balance = balance + ? WHERE name = ?";
        await transaction.execute({ sql: change, args: [amount, taker] });
        await transaction.execute({ sql: change, args: [-amount, giver] });
        await transaction.commit();
    } finally {
        // Rolls back what was not committed.
        transaction.close();
    }
}
// snippet:end

async function balances(): Promise<string> {
    const found = await client.execute("SELECT name, balance FROM users_node_libsql ORDER BY name");
    return found.rows.map((row) => `${row.name}=${row.balance}`).join(",");
}

await transfer(client, "ada", "bob", 30);
equal("balances after a transfer", await balances(), "ada=70,bob=130,carol=100");

// snippet:errors
try {
    await transfer(client, "carol", "bob", 1000);
} catch (error) {
    if (error instanceof LibsqlError && error.code === "SQLITE_CONSTRAINT_CHECK") {
        console.log(error.message); // SQLITE_CONSTRAINT_CHECK: CHECK constraint failed: balance >= 0
    } else {
        throw error;
    }
}
// snippet:end
equal("balances after a transfer that failed", await balances(), "ada=70,bob=130,carol=100");

const undone = await client.transaction("write");
await undone.execute("DELETE FROM users_node_libsql");
await undone.rollback();
equal("balances after a rollback", await balances(), "ada=70,bob=130,carol=100");

client.close();
done(`main.ts over ${new URL(address).protocol}`);
