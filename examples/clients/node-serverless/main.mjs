// Users and their balances with @tursodatabase/serverless: inserts, a transfer in a transaction, an error.
// snippet:connect
import { connect } from "@tursodatabase/serverless";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

// The database is the path, with or without a slash at the end. Nothing is sent before the first statement.
const connection = connect({ url: `${address}/${database}`, authToken: token });
// snippet:end
import { done, equal } from "./check.mjs";

await connection.exec("CREATE TABLE IF NOT EXISTS users_node_serverless"
    + " (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL CHECK (balance >= 0))");
await connection.exec("DELETE FROM users_node_serverless");

// snippet:query
const insert = await connection.prepare("INSERT INTO users_node_serverless (name, balance) VALUES (?, ?)");
const { lastInsertRowid } = await insert.run(["ada", 100]);
console.log(`ada has the row id ${lastInsertRowid}`);

// A batch takes effect as a whole, in one request, if it is given a mode.
await connection.batch(
    ["bob", "carol"].map((name) => ({
        sql: "INSERT INTO users_node_serverless (name, balance) VALUES (:name, 100)",
        args: { name },
    })),
    "immediate",
);

const users = await connection.prepare("SELECT name, balance FROM users_node_serverless ORDER BY name");
for await (const user of users.iterate()) {
    console.log(`${user.name} has ${user.balance}`);
}
// snippet:end
equal("ada's row id", lastInsertRowid > 0, true);
equal("the users", (await users.all()).map((user) => user.name), ["ada", "bob", "carol"]);

async function balances() {
    return (await users.all()).map((user) => `${user.name}=${user.balance}`).join(",");
}

// snippet:transaction
// Committed when the function ends, rolled back when it throws. immediate() waits for its turn to write at the beginning.
const change = await connection.prepare("UPDATE users_node_serverless SET balance = balance + ? WHERE name = ?");
const transfer = connection.transaction(async (giver, taker, amount) => {
    await change.run([amount, taker]);
    await change.run([-amount, giver]);
}).immediate;
await transfer("ada", "bob", 30);
// snippet:end
equal("balances after a transfer", await balances(), "ada=70,bob=130,carol=100");

// snippet:errors
try {
    await transfer("carol", "bob", 1000);
} catch (error) {
    if (error.code !== "SQLITE_CONSTRAINT_CHECK") {
        throw error;
    }
    console.log(error.message); // CHECK constraint failed: balance >= 0
}
// snippet:end
equal("balances after a transfer that failed", await balances(), "ada=70,bob=130,carol=100");
equal("not in a transaction", connection.inTransaction, false);

await connection.exec("BEGIN");
await connection.exec("DELETE FROM users_node_serverless");
equal("in a transaction", connection.inTransaction, true);
await connection.exec("ROLLBACK");
equal("balances after a rollback", await balances(), "ada=70,bob=130,carol=100");

await connection.close();
done("main.mjs");
