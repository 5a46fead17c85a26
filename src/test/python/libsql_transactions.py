"""commit() and rollback() with the libsql package, its own BEGIN, two connections, many rows."""

import libsql

from checks import TOKEN, URL, fails, holds, same


def connect(**options):
    return libsql.connect(URL, auth_token=TOKEN, **options)


def names(connection):
    return [name for (name,) in connection.execute("SELECT name FROM tx_users ORDER BY id").fetchall()]


one = connect()
two = connect()
one.execute("DROP TABLE IF EXISTS tx_users")
one.execute("CREATE TABLE tx_users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
same(one.in_transaction, False, "DDL begins no transaction")

# commit() makes it seen, and only then.
one.execute("INSERT INTO tx_users (name) VALUES (?)", ("ada",))
same(one.in_transaction, True, "INSERT begins a transaction")
same(names(one), ["ada"], "one's own row, before the commit")
same(names(two), [], "seen by the other before the commit")
one.commit()
same(one.in_transaction, False, "after the commit")
same(names(two), ["ada"], "seen by the other after the commit")

# rollback() takes it all back.
one.execute("INSERT INTO tx_users (name) VALUES ('bob')")
one.execute("UPDATE tx_users SET name = 'eve' WHERE name = 'ada'")
same(names(one), ["eve", "bob"], "within the transaction")
one.rollback()
same(one.in_transaction, False, "after the rollback")
same(names(one), ["ada"], "after the rollback")

# Neither is an error without a transaction.
one.commit()
one.rollback()

# lastrowid and rowcount. A cursor of this package adds up the counts of all that it ran, so each one here has its own.
cursor = one.cursor()
cursor.execute("INSERT INTO tx_users (id, name) VALUES (?, ?)", (40, "bob"))
same(cursor.lastrowid, 40, "lastrowid of the given id")
cursor = one.execute("INSERT INTO tx_users (name) VALUES ('carol'), ('dan')")
same(cursor.lastrowid, 42, "lastrowid of the last of two rows")
same(cursor.rowcount, 2, "rowcount of an INSERT of two rows")
cursor = one.execute("UPDATE tx_users SET name = name || '!' WHERE id > 1")
same(cursor.rowcount, 3, "rowcount of an UPDATE")
cursor = one.execute("DELETE FROM tx_users WHERE id = 4711")
same(cursor.rowcount, 0, "rowcount of a DELETE of nothing")
same(one.execute("SELECT last_insert_rowid()").fetchone(), (42,), "last_insert_rowid()")
one.commit()

# executemany is one transaction when one is open.
one.executemany("INSERT INTO tx_users (name) VALUES (?)", [(f"many {i}",) for i in range(100)])
same(one.execute("SELECT count(*) FROM tx_users").fetchone(), (104,), "rows of executemany, own view")
same(two.execute("SELECT count(*) FROM tx_users").fetchone(), (4,), "rows of executemany, before the commit")
one.commit()
same(two.execute("SELECT count(*) FROM tx_users").fetchone(), (104,), "rows of executemany, after the commit")

# A failure in the middle of executemany: nothing of it is there after rollback().
fails(
    lambda: one.executemany("INSERT INTO tx_users (name) VALUES (?)", [("new",), ("ada",), ("newer",)]),
    "UNIQUE constraint failed: tx_users.name",
)
one.rollback()
same(two.execute("SELECT count(*) FROM tx_users").fetchone(), (104,), "rows after a failed executemany")

# executescript: several statements, a trigger with a semicolon in its body, a transaction of its own.
one.executescript(
    """
    DROP TABLE IF EXISTS tx_log; -- a comment; with a semicolon
    CREATE TABLE tx_log (what TEXT);
    CREATE TRIGGER tx_users_log AFTER DELETE ON tx_users BEGIN
        INSERT INTO tx_log VALUES ('deleted; ' || old.name);
    END;
    BEGIN;
    DELETE FROM tx_users WHERE name LIKE 'many%';
    COMMIT;
    """
)
same(one.in_transaction, False, "after the script")
same(two.execute("SELECT count(*), min(what) FROM tx_log").fetchone(), (100, "deleted; many 0"), "the trigger's rows")

# RETURNING, WITH and REPLACE.
same(
    one.execute("INSERT INTO tx_users (id, name) VALUES (7, 'fay') RETURNING id, name").fetchall(),
    [(7, "fay")],
    "INSERT RETURNING",
)
one.commit()
same(two.execute("SELECT name FROM tx_users WHERE id = 7").fetchone(), ("fay",), "committed INSERT RETURNING")
one.execute("WITH n(x) AS (VALUES ('gus')) INSERT INTO tx_users (name) SELECT x FROM n")
one.commit()
one.execute("REPLACE INTO tx_users (id, name) VALUES (7, 'hal')")
one.commit()
same(
    two.execute("SELECT count(*) FROM tx_users WHERE name IN ('fay', 'gus', 'hal')").fetchone(),
    (2,),
    "rows of WITH … INSERT and REPLACE",
)

# BEGIN in the text, savepoints in it.
own = connect(isolation_level=None)
own.execute("BEGIN IMMEDIATE")
own.execute("DELETE FROM tx_users")
own.execute("SAVEPOINT inner_one")
own.execute("INSERT INTO tx_users (id, name) VALUES (1, 'ivy')")
own.execute("ROLLBACK TO inner_one")
own.execute("RELEASE inner_one")
own.execute("INSERT INTO tx_users (id, name) VALUES (2, 'jon')")
own.execute("COMMIT")
same(own.in_transaction, False, "after COMMIT in the text")
same(names(two), ["jon"], "after savepoints")

# isolation_level=None: every statement for itself.
own.execute("INSERT INTO tx_users (id, name) VALUES (3, 'kim')")
same(own.in_transaction, False, "INSERT without isolation_level")
same(names(two), ["jon", "kim"], "seen at once")

# Two connections whose transactions follow each other; the second waits for its turn and is not refused.
one.execute("INSERT INTO tx_users (id, name) VALUES (4, 'lea')")
same(two.execute("SELECT count(*) FROM tx_users").fetchone(), (2,), "readers do not wait for a writer")
one.commit()
two.execute("INSERT INTO tx_users (id, name) VALUES (5, 'max')")
two.commit()
same(names(one), ["jon", "kim", "lea", "max"], "both wrote")

# The context manager commits.
with connect() as managed:
    managed.execute("INSERT INTO tx_users (id, name) VALUES (6, 'nia')")
same(names(one)[-1], "nia", "after the with block")

description = one.execute("SELECT id, name AS who FROM tx_users").description
same([column[0] for column in description], ["id", "who"], "column names")
same(one.execute("SELECT id FROM tx_users WHERE 0").fetchall(), [], "no rows")
same(one.execute("SELECT id FROM tx_users WHERE 0").fetchone(), None, "no row")
cursor = one.execute("SELECT id FROM tx_users ORDER BY id")
same(cursor.fetchmany(2), [(2,), (3,)], "fetchmany")
same(cursor.fetchall(), [(4,), (5,), (6,)], "the rest")
# A result that is left half read, and a statement after it.
half = one.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i, 'row ' || i FROM n")
same(half.fetchone(), (1, "row 1"), "first of many rows")
same(one.execute("SELECT count(*) FROM tx_users").fetchone(), (5,), "a statement beside a half-read result")
many = one.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT i FROM n").fetchall()
same(len(many), 50000, "50,000 rows")
same(many[-1], (50000,), "the last of 50,000 rows")
holds(fails(lambda: one.execute("SELECT * FROM tx_users WHERE id = ?")), "a missing parameter")
same(names(one)[0], "jon", "after a missing parameter")

print("OK libsql_transactions")
