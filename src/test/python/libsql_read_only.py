"""A principal that may only read: reads work, writes fail in every form, and the connection survives each."""

import libsql

from checks import TOKEN, URL, fails, same

connection = libsql.connect(URL, auth_token=TOKEN)
same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], "reading")
for sql in (
    "INSERT INTO guarded VALUES ('eve')",
    "UPDATE guarded SET name = 'eve'",
    "DELETE FROM guarded",
    "REPLACE INTO guarded VALUES ('eve')",
    "INSERT INTO guarded VALUES ('eve') RETURNING name",
    "WITH n(x) AS (VALUES ('eve')) INSERT INTO guarded SELECT x FROM n",
    "DROP TABLE guarded",
    "ALTER TABLE guarded RENAME TO stolen",
    "CREATE TABLE mine (x)",
    "CREATE INDEX mine ON guarded (name)",
    "VACUUM",
    "PRAGMA user_version = 7",
    "PRAGMA writable_schema = 1",
):
    fails(lambda: connection.execute(sql))
    connection.rollback()
    same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], f"after {sql}")
# This package does not tell that a script failed; that it changed nothing is what counts.
connection.executescript("SELECT 1; DELETE FROM guarded; INSERT INTO guarded VALUES ('eve')")
# SQLite takes this for a transaction that reads, and so nobody waits for it.
connection.execute("BEGIN IMMEDIATE")
same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], "in a transaction")
fails(lambda: connection.execute("DELETE FROM guarded"))
connection.rollback()
same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], "at the end")

print("OK libsql_read_only")
