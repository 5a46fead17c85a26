// Users and their balances with nothing but fetch: the plain endpoint /query, and a transaction over several requests.

// snippet:connect
const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

/** Runs one statement, or all of `statements` or none: the answer, or an Error with the server's `reason`. */
async function query(request) {
    const response = await fetch(`${address}/${database}/query`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(request),
    });
    const answer = await response.json();
    // A statement that failed is an error within a 200; everything else has a status too.
    if (answer.error) {
        throw Object.assign(new Error(answer.error.message), answer.error, { status: response.status });
    }
    return answer;
}
// snippet:end
import { done, equal } from "./check.mjs";

await query({
    sql: "CREATE TABLE IF NOT EXISTS users_node_fetch"
        + " (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL CHECK (balance >= 0))",
});
await query({ sql: "DELETE FROM users_node_fetch" });

// snippet:query
// By position …
const ada = await query({ sql: "INSERT INTO users_node_fetch (name, balance) VALUES (?, ?)", args: ["ada", 100] });
console.log(`ada has the row id ${ada.last_insert_id}`);

// … or by name. A batch takes effect as a whole or not at all.
const insert = "INSERT INTO users_node_fetch (name, balance) VALUES (:name, :balance)";
await query({
    statements: [
        { sql: insert, args: { name: "bob", balance: 100 } },
        { sql: insert, args: { name: "carol", balance: 100 } },
    ],
});

const users = await query({ sql: "SELECT name, balance FROM users_node_fetch ORDER BY name" });
for (const [name, balance] of users.rows) {
    console.log(`${name} has ${balance}`);
}
// snippet:end
equal("ada's row", [ada.rows_affected, ada.last_insert_id > 0], [1, true]);
equal("the users", users, {
    columns: ["name", "balance"],
    rows: [["ada", 100], ["bob", 100], ["carol", 100]],
    rows_affected: 0,
    last_insert_id: 0,
});

async function balances() {
    const { rows } = await query({ sql: "SELECT name, balance FROM users_node_fetch ORDER BY name" });
    return rows.map(([name, balance]) => `${name}=${balance}`).join(",");
}

// snippet:batch
// Where no decision is made between the statements, a batch is all the transaction that is needed.
const change = "UPDATE users_node_fetch SET balance = balance + ? WHERE name = ?";
async function transfer(giver, taker, amount) {
    await query({
        statements: [
            { sql: change, args: [amount, taker] },
            { sql: change, args: [-amount, giver] },
        ],
    });
}
// snippet:end
await transfer("ada", "bob", 30);
equal("balances after a transfer", await balances(), "ada=70,bob=130,carol=100");

// snippet:errors
try {
    await transfer("carol", "bob", 1000);
} catch (error) {
    if (error.reason !== "SQLITE_CONSTRAINT_CHECK") {
        throw error;
    }
    console.log(error.message); // CHECK constraint failed: balance >= 0
}
// snippet:end
equal("balances after a transfer that failed", await balances(), "ada=70,bob=130,carol=100");

// snippet:transaction
/** A transaction that looks before it leaps. Each answer has the baton for the next request; `null` is the end. */
class Transaction {
    #baton = null;

    async execute(sql, ...args) {
        return (await this.#send({ type: "execute", stmt: { sql, args } })).result;
    }

    /** Ends the stream; a transaction that was not committed is rolled back. */
    async close() {
        await this.#send({ type: "close" });
    }

    async #send(request) {
        const response = await fetch(`${address}/${database}/v3/pipeline`, {
            method: "POST",
            headers: { authorization: `Bearer ${token}` },
            body: JSON.stringify({ baton: this.#baton, requests: [request] }),
        });
        const answer = await response.json();
        if (!response.ok) {
            throw Object.assign(new Error(answer.message), { code: answer.code });
        }
        this.#baton = answer.baton;
        const [{ type, response: found, error }] = answer.results;
        if (type === "error") {
            throw Object.assign(new Error(error.message), { code: error.code });
        }
        return found;
    }
}

const text = (value) => ({ type: "text", value });
const integer = (value) => ({ type: "integer", value: String(value) });

const transaction = new Transaction();
try {
    await transaction.execute("BEGIN IMMEDIATE");
    const found = await transaction.execute("SELECT balance FROM users_node_fetch WHERE name = ?", text("bob"));
    const half = Math.floor(Number(found.rows[0][0].value) / 2);
    await transaction.execute(change, integer(-half), text("bob"));
    await transaction.execute(change, integer(half), text("ada"));
    await transaction.execute("COMMIT");
} finally {
    await transaction.close();
}
// snippet:end
equal("balances after half of bob's", await balances(), "ada=135,bob=65,carol=100");

const undone = new Transaction();
await undone.execute("BEGIN");
await undone.execute("DELETE FROM users_node_fetch");
await undone.execute("ROLLBACK");
await undone.close();
equal("balances after a rollback", await balances(), "ada=135,bob=65,carol=100");

const left = new Transaction();
await left.execute("BEGIN");
await left.execute("DELETE FROM users_node_fetch");
await left.close();
equal("balances after a transaction that was only closed", await balances(), "ada=135,bob=65,carol=100");
done("main.mjs");
