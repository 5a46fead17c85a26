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
    "BEGIN IMMEDIATE",
    "VACUUM",
    "PRAGMA user_version = 7",
    "PRAGMA writable_schema = 1",
):
    fails(lambda: connection.execute(sql))
    connection.rollback()
    same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], f"after {sql}")
fails(lambda: connection.executescript("SELECT 1; DELETE FROM guarded; SELECT 2"))
connection.rollback()
connection.execute("BEGIN")
same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], "in a transaction")
fails(lambda: connection.execute("DELETE FROM guarded"))
connection.rollback()
same(connection.execute("SELECT name FROM guarded").fetchall(), [("ada",)], "at the end")

print("OK libsql_read_only")
