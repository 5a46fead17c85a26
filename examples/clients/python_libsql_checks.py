"""What both libSQL packages for Python are checked for: they have the same interface and the same limits.

Used by the checks.py of python-libsql and of python-libsql-experimental, which add what differs.
"""

import math
import sys


class Checks:
    """Counts what was checked; the first thing that is not as expected ends the program."""

    def __init__(self, name: str):
        self.name = name
        self.passed = 0

    def same(self, what: str, found, expected) -> None:
        if found != expected or type(found) is not type(expected):
            sys.exit(f"{self.name}: {what}: expected {short(expected)}, found {short(found)}")
        self.passed += 1

    def fails(self, what: str, call, words: str, kind=ValueError) -> None:
        """`call` must raise exactly this kind of error with these words in its text."""
        try:
            found = call()
        except Exception as error:
            if type(error) is not kind or words not in str(error):
                sys.exit(f"{self.name}: {what}: expected {kind.__name__} with {words!r}, found {error!r}")
            self.passed += 1
            return
        sys.exit(f"{self.name}: {what}: expected {kind.__name__} with {words!r}, found {short(found)}")


def short(value) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]} ... ({len(text)} characters)"


def check_all(checks: Checks, connect) -> None:
    """`connect` makes a connection and hands its own arguments to the package."""
    suffix = checks.name.replace("-", "_")
    check_values(checks, connect(), f"values_{suffix}")
    check_cursors(checks, connect(), f"cursors_{suffix}")
    check_transactions(checks, connect, f"transactions_{suffix}")
    check_errors(checks, connect(), f"errors_{suffix}")
    check_limits(checks, connect(), f"limits_{suffix}")


def check_values(checks: Checks, connection, table: str) -> None:
    same = checks.same

    def one(sql: str, *arguments):
        return connection.execute(sql, arguments).fetchone()

    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, x)")

    def stored(column: str, value):
        cursor = connection.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,))
        connection.commit()
        return one(f"SELECT {column}, typeof({column}) FROM {table} WHERE id = ?", cursor.lastrowid)

    for value in (0, 1, -1, 2**31 - 1, -(2**31)):
        same("a bare integer", one("SELECT ?, typeof(?1)", value), (value, "integer"))
        same("a stored integer", stored("i", value), (value, "integer"))
    # What is larger leaves as a floating-point number; a column declared INTEGER makes an integer of it again.
    for value in (2**31, -(2**31) - 1, 2**53, -(2**53)):
        same("an integer over 32 bits", one("SELECT ?, typeof(?1)", value), (float(value), "real"))
        same("the same in an INTEGER column", stored("i", value), (value, "integer"))
    same("2^53 + 1 is rounded", stored("i", 2**53 + 1), (2**53, "integer"))
    same("2^63 - 1 as well, and is a REAL", stored("i", 2**63 - 1), (float(2**63), "real"))
    for value in (2**53 + 1, 2**63 - 1, -(2**63)):
        # snippet:integers
        # Larger integers travel as text; reading them is exact.
        connection.execute(f"INSERT INTO {table} (i) VALUES (CAST(? AS INTEGER))", (str(value),))
        found = connection.execute(f"SELECT i FROM {table} WHERE i = CAST(? AS INTEGER)", (str(value),)).fetchone()
        # snippet:end
        connection.commit()
        same("an integer sent as text", found, (value,))
    same("booleans", one("SELECT ?, ?", True, False), (1, 0))
    for value in (0.0, 100.0, 0.1, -1e300, 5e-324, 1.7976931348623157e308):
        same("a bare float", one("SELECT ?, typeof(?1)", value), (value, "real"))
        same("a stored float", stored("r", value), (value, "real"))
    same("an infinity that the server has", one("SELECT 9e999"), (None,))
    for value in (math.inf, math.nan):
        checks.fails("a number that JSON lacks", lambda value=value: one("SELECT ?", value), "value is missing")
        same("the next statement", one("SELECT 1"), (1,))
    for value in ("", "plain", "' \" \\ / \n", "Grüße 世界 👍🏽", "a\x00b", "\x00", "x" * 1_000_000):
        same("a bare text", one("SELECT ?, typeof(?1)", value), (value, "text"))
        same("a stored text", stored("t", value), (value, "text"))
    for length in (0, 1, 2, 3, 4, 1_000_000):
        value = bytes((i * 7 + 251) % 256 for i in range(length))
        same(f"a bare blob of {length} bytes", one("SELECT ?, typeof(?1)", value), (value, "blob"))
        same(f"a stored blob of {length} bytes", stored("b", value), (value, "blob"))
    same("NULL", stored("x", None), (None, "null"))
    same("text that looks like a number", stored("x", "12"), ("12", "text"))
    same("a number in a column without type", stored("x", 12), (12, "integer"))


def check_cursors(checks: Checks, connection, table: str) -> None:
    same = checks.same
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    insert = f"INSERT INTO {table} (name) VALUES (?)"

    same("lastrowid", connection.execute(insert, ("ada",)).lastrowid, 1)
    same("rowcount of an INSERT", connection.execute(f"INSERT INTO {table} (name) VALUES ('bob'), ('eve')").rowcount, 2)
    same("rowcount of an UPDATE", connection.execute(f"UPDATE {table} SET name = name || '!'").rowcount, 3)
    same("rowcount of nothing", connection.execute(f"DELETE FROM {table} WHERE id = 9").rowcount, 0)
    cursor = connection.cursor()
    cursor.execute(insert, ("one",))
    cursor.execute(insert, ("two",))
    same("a cursor adds up its counts", cursor.rowcount, 2)
    returning = connection.execute(insert + " RETURNING id, name", ("fay",))
    same("RETURNING", returning.fetchall(), [(6, "fay")])
    connection.executemany(insert, [(f"many {i}",) for i in range(20)])
    connection.commit()
    same("executemany", connection.execute(f"SELECT count(*) FROM {table}").fetchone(), (26,))

    same("by position", connection.execute("SELECT ?, ?", ("a", "b")).fetchone(), ("a", "b"))
    same("by number", connection.execute("SELECT ?2, ?1, ?2", ("a", "b")).fetchone(), ("b", "a", "b"))
    same("names, by position", connection.execute("SELECT :a, @b, :a", (1, 2)).fetchone(), (1, 2, 1))
    described = connection.execute("SELECT 1 AS n, 2 AS n").description
    same("names of columns", [column[0] for column in described], ["n", "n"])
    same("no columns", connection.execute(f"DELETE FROM {table} WHERE id = 9").description, ())
    same("no row", connection.execute("SELECT 1 WHERE 0").fetchone(), None)

    series = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s LIMIT 10000) SELECT i FROM s"
    half = connection.execute(series)
    same("the first of 10,000 rows", half.fetchmany(2), [(1,), (2,)])
    same("a statement beside a half-read result", connection.execute("SELECT 1").fetchone(), (1,))
    same("10,000 rows", connection.execute(series).fetchall(), [(i,) for i in range(1, 10_001)])
    same("the rest of the half-read result", len(half.fetchall()), 9_998)


def check_transactions(checks: Checks, connect, table: str) -> None:
    same = checks.same
    one, two = connect(), connect()
    one.execute(f"DROP TABLE IF EXISTS {table}")
    one.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")

    def names(connection) -> str:
        return ",".join(name for (name,) in connection.execute(f"SELECT name FROM {table} ORDER BY id").fetchall())

    same("DDL begins no transaction", one.in_transaction, False)
    one.execute(f"INSERT INTO {table} (name) VALUES ('ada')")
    same("INSERT begins one", one.in_transaction, True)
    same("its own view", names(one), "ada")
    same("the other's view, before", names(two), "")
    one.commit()
    same("the other's view, after", names(two), "ada")
    one.execute(f"DELETE FROM {table}")
    one.rollback()
    same("after a rollback", names(one), "ada")
    one.commit()
    one.rollback()
    same("neither is an error without a transaction", one.in_transaction, False)

    # An error leaves the transaction open; what was done before it is still there.
    one.execute(f"INSERT INTO {table} (name) VALUES ('bob')")
    checks.fails("within a transaction", lambda: one.execute(f"INSERT INTO {table} (name) VALUES ('ada')"), "UNIQUE")
    same("the transaction goes on", one.in_transaction, True)
    one.commit()
    same("after an error", names(two), "ada,bob")

    # snippet:begin
    # BEGIN in your own words: nothing is begun for you, so every statement outside of BEGIN … COMMIT takes effect at once.
    own = connect(isolation_level=None)
    own.execute("BEGIN IMMEDIATE")
    own.execute("SAVEPOINT before_carol")
    own.execute(f"INSERT INTO {table} (name) VALUES ('carol')")
    own.execute("ROLLBACK TO before_carol")
    own.execute(f"INSERT INTO {table} (name) VALUES ('dan')")
    own.execute("COMMIT")
    # snippet:end
    same("after a savepoint", names(two), "ada,bob,dan")
    own.execute(f"INSERT INTO {table} (name) VALUES ('eve')")
    same("seen at once", names(two), "ada,bob,dan,eve")

    # A savepoint that is the first of a transaction is lost: the package closes its stream with that very request.
    lost = connect()
    lost.execute("SAVEPOINT outermost")
    same("the package's belief", lost.in_transaction, True)
    lost.execute(f"DELETE FROM {table} WHERE name = 'eve'")
    same("what follows takes effect at once", names(two), "ada,bob,dan")
    checks.fails("RELEASE", lambda: lost.execute("RELEASE outermost"), "no such savepoint: outermost")

    one.executescript(f"BEGIN; INSERT INTO {table} (name) VALUES ('fay; gus'); COMMIT; SELECT 1")
    same("a script", names(two), "ada,bob,dan,fay; gus")


def check_errors(checks: Checks, connection, table: str) -> None:
    fails = checks.fails

    def run(sql: str, *arguments):
        return lambda: connection.execute(sql, arguments)

    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL,"
        f" parent INTEGER REFERENCES {table} (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    connection.execute(f"INSERT INTO {table} (name) VALUES ('ada')")
    connection.commit()
    fails("a missing table", run("SELECT * FROM missing"), "no such table: missing")
    fails("a syntax error", run("SELEKT 1"), "syntax error")
    fails("a missing parameter", run("SELECT ?"), "")
    for values, words in ("('ada', 1)", f"UNIQUE constraint failed: {table}.name"), ("(NULL, 1)", "NOT NULL"):
        fails("a constraint", run(f"INSERT INTO {table} (name, parent) VALUES {values}"), words)
        connection.rollback()
    fails("the code is in the text", run(f"INSERT INTO {table} (name) VALUES ('ada')"), "SQLITE_CONSTRAINT_UNIQUE")
    connection.rollback()

    # Only COMMIT looks at a deferred constraint. The package closes the stream with the failed COMMIT, the transaction
    # ends with the stream, and rollback() has nothing left to do and says so, once.
    connection.execute(f"INSERT INTO {table} (name, parent) VALUES ('bob', 4711)")
    fails("commit()", connection.commit, "FOREIGN KEY constraint failed")
    fails("rollback() after it", connection.rollback, "no transaction is active")
    checks.same("it is gone", connection.execute(f"SELECT name FROM {table}").fetchall(), [("ada",)])
    connection.execute(f"INSERT INTO {table} (name) VALUES ('carol')")
    checks.same("and the connection works", connection.in_transaction, True)
    connection.commit()

    # executescript() stops at its first failure and tells nobody.
    checks.same(
        "a script that fails",
        connection.executescript(f"DELETE FROM {table} WHERE id = 1; SELECT * FROM missing; DELETE FROM {table}"),
        None,
    )
    checks.same("half of it", connection.execute(f"SELECT count(*) FROM {table}").fetchone(), (1,))


def check_limits(checks: Checks, connection, table: str) -> None:
    def run(sql: str, *arguments):
        return lambda: connection.execute(sql, arguments)

    # Refused by the package before the server is asked.
    for sql in f"CREATE TEMP TABLE {table} (x)", f"CREATE TEMP VIEW {table} AS SELECT 1", "VACUUM", "ANALYZE":
        checks.fails(sql, run(sql), "unsupported statement")
    checks.fails("bytearray", run("SELECT ?", bytearray(b"x")), "Unsupported parameter type")
    checks.fails("ATTACH", run("ATTACH 'other.db' AS other"), "ATTACH is not allowed")
    # A second statement in one execute() is dropped without a word.
    checks.same("two statements", connection.execute("SELECT 1; SELECT 2").fetchall(), [(1,)])
    checks.fails("a cursor is no iterator", lambda: list(connection.execute("SELECT 1")), "not iterable", TypeError)
    try:
        connection.isolation_level = None
        sys.exit(f"{checks.name}: isolation_level could be changed")
    except AttributeError:
        checks.passed += 1
