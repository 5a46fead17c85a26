// Users, their posts and their balances with drizzle-orm: migrations, queries with relations, a transfer, an error.
// snippet:connect
import { createClient, LibsqlError } from "@libsql/client";
import { asc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";
import * as schema from "./schema.ts";
import { posts, users } from "./schema.ts";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

// The slash at the end belongs to the address: without it the database's name is lost.
const client = createClient({ url: `${address}/${database}/`, authToken: token });
const db = drizzle(client, { schema });
// snippet:end
import { done, equal } from "./check.ts";

// snippet:migrate
// What `drizzle-kit generate` wrote, applied when the program starts; `drizzle-kit migrate` does the same.
await migrate(db, { migrationsFolder: "./migrations", migrationsTable: "migrations_node_drizzle" });
// snippet:end
await db.delete(users);

// snippet:query
const [ada] = await db.insert(users).values({ name: "ada", balance: 100, settings: { theme: "dark", tags: ["new"] } }).returning();
await db.insert(users).values([{ name: "bob", balance: 100 }, { name: "carol", balance: 100 }]);
await db.insert(posts).values([{ author: ada!.id, title: "Hello" }, { author: ada!.id, title: "Again" }]);

const everybody = await db.query.users.findMany({
    columns: { name: true, settings: true },
    with: { posts: { columns: { title: true }, orderBy: asc(posts.id) } },
    orderBy: asc(users.name),
});
for (const user of everybody) {
    console.log(`${user.name} wrote ${user.posts.map((post) => post.title).join(", ") || "nothing"}`);
}
// snippet:end
equal("what was inserted", [ada!.name, ada!.settings?.theme, ada!.createdAt instanceof Date], ["ada", "dark", true]);
equal("users with their posts", everybody, [
    { name: "ada", settings: { theme: "dark", tags: ["new"] }, posts: [{ title: "Hello" }, { title: "Again" }] },
    { name: "bob", settings: null, posts: [] },
    { name: "carol", settings: null, posts: [] },
]);

async function balances(): Promise<string> {
    const rows = await db.select().from(users).orderBy(users.name);
    return rows.map((user) => `${user.name}=${user.balance}`).join(",");
}

// snippet:transaction
async function transfer(giver: string, taker: string, amount: number): Promise<void> {
    await db.transaction(async (tx) => {
        await tx.update(users).set({ balance: sql`${users.balance} + ${amount}` }).where(eq(users.name, taker));
        await tx.update(users).set({ balance: sql`${users.balance} - ${amount}` }).where(eq(users.name, giver));
    });
}
// snippet:end
await transfer("ada", "bob", 30);
equal("balances after a transfer", await balances(), "ada=70,bob=130,carol=100");

// snippet:errors
try {
    await transfer("carol", "bob", 1000);
} catch (error) {
    // Drizzle wraps what the client threw.
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof LibsqlError) || cause.code !== "SQLITE_CONSTRAINT_CHECK") {
        throw error;
    }
    console.log(cause.message);
}
// snippet:end
equal("balances after a transfer that failed", await balances(), "ada=70,bob=130,carol=100");

await db.transaction(async (tx) => {
    await tx.delete(users);
    tx.rollback();
}).catch((error) => equal("what rollback() throws", error.constructor.name, "TransactionRollbackError"));
equal("balances after a rollback", await balances(), "ada=70,bob=130,carol=100");

client.close();
done(`main.ts over ${new URL(address).protocol}`);
