// snippet:config
import { defineConfig } from "drizzle-kit";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";
const token = process.env.QUICSQL_TOKEN ?? "dev-token";

export default defineConfig({
    // Not "turso": that writes ALTER TABLE … ALTER COLUMN, which SQLite does not know. "sqlite" has no setting for the
    // token, so it stands in the address.
    dialect: "sqlite",
    dbCredentials: { url: `${address}/${database}/?authToken=${token}` },
    schema: "./schema.ts",
    out: "./migrations",
    // Where the database has tables of other programs too:
    tablesFilter: ["*_node_drizzle"],
    migrations: { table: "migrations_node_drizzle" },
});
// snippet:end
