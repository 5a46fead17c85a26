"""Runs main.py, then looks at what else POST /<database>/query does, and counts what it looked at."""

import base64
import platform
import sys

import main
from main import QueryError, batch, query

passed = 0


def same(what: str, found, expected) -> None:
    global passed
    if found != expected or type(found) is not type(expected):
        sys.exit(f"python-stdlib: {what}: expected {short(expected)}, found {short(found)}")
    passed += 1


def refused(what: str, reason: str, call) -> QueryError:
    try:
        found = call()
    except QueryError as error:
        same(what, error.error["reason"], reason)
        return error
    sys.exit(f"python-stdlib: {what}: expected {reason}, found {short(found)}")


def short(value) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]} ... ({len(text)} characters)"


try:
    same("balances", main.main(), "ada=70,bob=130")
except QueryError as error:
    sys.exit(f"python-stdlib: {error}")

# Values, there and back.
for value in (0, -1, 2**53 + 1, 2**63 - 1, -(2**63)):
    same("integer", query("SELECT ?, typeof(?1)", value)["rows"], [[value, "integer"]])
for value in (0.0, 100.0, 0.1, -1e300, 5e-324):
    same("float", query("SELECT ?, typeof(?1)", value)["rows"], [[value, "real"]])
for value in ("", "Grüße 世界 👍🏽", "a\x00b", "a/b", "\"'\\", "x" * 1_000_000):
    same("text", query("SELECT ?, typeof(?1)", value)["rows"], [[value, "text"]])
for length in (0, 1, 2, 3, 1_000_000):
    blob = {"base64": base64.b64encode(bytes(i % 256 for i in range(length))).decode()}
    same("blob", query("SELECT ?, typeof(?1)", blob)["rows"], [[blob, "blob"]])
same("NULL and booleans", query("SELECT ?, ?, ?", None, True, False)["rows"], [[None, 1, 0]])
same("an infinity", query("SELECT 9e999")["rows"], [[None]])

# Arguments.
same("by number", query("SELECT ?2, ?1", "a", "b")["rows"], [["b", "a"]])
same("by name", query("SELECT :a, @b, $c, :a", a=1, b="two", c=None)["rows"], [[1, "two", None, 1]])

# Counts.
insert = "INSERT INTO users_python_stdlib (name, balance) VALUES (?, ?)"
carol = query(insert + " RETURNING id, name", "carol", 5)
same("RETURNING", carol["rows"], [[carol["last_insert_id"], "carol"]])
same("rows_affected", query("UPDATE users_python_stdlib SET balance = balance + 1")["rows_affected"], 3)
same("columns", query("SELECT 1 AS n, 2 AS n")["columns"], ["n", "n"])
series = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 10000) SELECT i FROM s"
same("10,000 rows", query(series)["rows"], [[i] for i in range(1, 10_001)])

# What is refused, and that the next request works as if nothing had been.
error = refused("a name twice", "SQLITE_CONSTRAINT_UNIQUE", lambda: query(insert, "ada", 1))
same("its status", error.status, 200)
same("its text", error.error["message"], "UNIQUE constraint failed: users_python_stdlib.name")
same("its code", (error.error["code"], error.error["extended_code"]), (19, 2067))
refused("a batch", "SQLITE_CONSTRAINT_UNIQUE", lambda: batch(
    {"sql": insert, "args": ["dan", 1]}, {"sql": insert, "args": ["ada", 1]}))
same("nothing of it", query("SELECT count(*) FROM users_python_stdlib WHERE name = 'dan'")["rows"], [[0]])
same("a batch's reads see its writes", [result["rows"] for result in batch(
    {"sql": insert, "args": ["dan", 1]},
    {"sql": "SELECT balance FROM users_python_stdlib WHERE name = ?", "args": ["dan"]},
    {"sql": "DELETE FROM users_python_stdlib WHERE name = ?", "args": ["dan"]})], [[], [[1]], []])
refused("no such table", "SQLITE_ERROR", lambda: query("SELECT * FROM missing"))
same("BEGIN", refused("BEGIN", "STATEMENT_NOT_ALLOWED", lambda: query("BEGIN")).status, 400)
refused("two statements", "SQL_MANY_STATEMENTS", lambda: query("SELECT 1; SELECT 2"))
refused("too few arguments", "ARGS_INVALID", lambda: query("SELECT ?"))
main.TOKEN, token = "wrong", main.TOKEN
same("a wrong token", refused("a wrong token", "UNAUTHENTICATED", lambda: query("SELECT 1")).status, 401)
main.TOKEN = token

print(f"OK python-stdlib, Python {platform.python_version()}: {passed} checks passed")
