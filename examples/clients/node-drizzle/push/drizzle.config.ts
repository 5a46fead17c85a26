import { defineConfig } from "drizzle-kit";

const address = process.env.QUICSQL_URL ?? "http://127.0.0.1:7775";
const database = process.env.QUICSQL_DATABASE ?? "app";

export default defineConfig({
    // For `push` it has to be this dialect: it alone sends its statements together, with foreign keys switched off.
    dialect: "turso",
    dbCredentials: { url: `${address}/${database}/`, authToken: process.env.QUICSQL_TOKEN ?? "dev-token" },
    schema: `./push/${process.env.PUSH_SCHEMA ?? "after"}.ts`,
    tablesFilter: ["*_push_drizzle"],
});
