"""Errors with the libsql package: each is told, and the same connection works after it."""

import libsql

from checks import TOKEN, URL, fails, same

connection = libsql.connect(URL, auth_token=TOKEN)
connection.execute("DROP TABLE IF EXISTS err_child")
connection.execute("DROP TABLE IF EXISTS err_users")
connection.execute("CREATE TABLE err_users (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, age INTEGER CHECK (age > 0))")
connection.execute("CREATE TABLE err_child (user_id INTEGER REFERENCES err_users (id) DEFERRABLE INITIALLY DEFERRED)")
connection.execute("INSERT INTO err_users (name) VALUES ('ada')")
connection.commit()


def works(expected=1):
    same(connection.execute("SELECT count(*) FROM err_users").fetchone(), (expected,), "rows afterwards")


def insert(values):
    return lambda: connection.execute(f"INSERT INTO err_users (name, age) VALUES {values}")


# Outside of a transaction.
fails(lambda: connection.execute("SELECT * FROM missing_table"), "no such table: missing_table")
works()
fails(lambda: connection.execute("SELECT missing_column FROM err_users"), "no such column: missing_column")
works()
fails(lambda: connection.execute("SELEKT 1"), "SELEKT", "syntax error")
works()
fails(lambda: connection.execute("INSERT INTO missing_table VALUES (1)"), "no such table: missing_table")
connection.rollback()
works()
fails(lambda: connection.execute("SELECT abs(-9223372036854775807 - 1)"), "integer overflow")
works()
fails(lambda: connection.execute("ATTACH 'other.db' AS other"))
works()
fails(lambda: connection.execute("SELECT load_extension('x')"))
works()
for _ in range(3):
    # Empty text three times running: some drivers stumble over it.
    try:
        connection.execute("")
    except Exception:
        pass
works()

# Constraints, each taken back by rollback().
for values, words in [
    ("('ada', 1)", "UNIQUE constraint failed: err_users.name"),
    ("(NULL, 1)", "NOT NULL constraint failed: err_users.name"),
    ("('bob', -1)", "CHECK constraint failed"),
]:
    fails(insert(values), words)
    connection.rollback()
    same(connection.in_transaction, False, "after rollback()")
    works()

# In the middle of a transaction: the statement failed, the transaction goes on, as with sqlite3.
connection.execute("INSERT INTO err_users (name) VALUES ('bob')")
fails(insert("('ada', 1)"), "UNIQUE constraint failed")
fails(lambda: connection.execute("SELECT * FROM missing_table"), "no such table")
same(connection.in_transaction, True, "after failures in a transaction")
connection.execute("INSERT INTO err_users (name) VALUES ('carol')")
connection.commit()
works(3)

# OR ROLLBACK ends the transaction: SQLite's way, and the client is told so.
connection.execute("INSERT INTO err_users (name) VALUES ('dan')")
fails(lambda: connection.execute("INSERT OR ROLLBACK INTO err_users (name) VALUES ('ada')"), "UNIQUE constraint failed")
connection.rollback()
works(3)
connection.execute("INSERT INTO err_users (name) VALUES ('eve')")
connection.commit()
works(4)

# A foreign key that only COMMIT looks at.
connection.execute("INSERT INTO err_child (user_id) VALUES (4711)")
fails(connection.commit, "FOREIGN KEY constraint failed")
# The package ended the stream together with the COMMIT, and with the stream went the transaction. It learns of that only
# by a ROLLBACK, which then has nothing to roll back.
fails(connection.rollback, "no transaction is active")
same(connection.in_transaction, False, "after a failed COMMIT and rollback()")
same(connection.execute("SELECT count(*) FROM err_child").fetchone(), (0,), "children after a failed COMMIT")
connection.execute("INSERT INTO err_child (user_id) VALUES (1)")
same(connection.in_transaction, True, "a new transaction")
connection.commit()
same(connection.execute("SELECT count(*) FROM err_child").fetchone(), (1,), "children")

# A script stops at its first failure. The server reports it, but this package does not pass it on: who needs to know
# runs the statements one by one.
connection.executescript(
    "INSERT INTO err_users (name) VALUES ('fay'); INSERT INTO missing_table VALUES (1); INSERT INTO err_users (name) VALUES ('gus')"
)
works(5)

# The transaction words where they do not belong.
fails(lambda: connection.execute("COMMIT"), "no transaction is active")
works(5)
connection.execute("BEGIN")
fails(lambda: connection.execute("BEGIN"), "cannot start a transaction within a transaction")
connection.rollback()
works(5)

# Others.
other = libsql.connect(URL, auth_token=TOKEN)
fails(lambda: other.execute("VACUUM INTO 'copy.db'"))
same(other.execute("SELECT 1").fetchone(), (1,), "after VACUUM INTO")
wrong = libsql.connect(URL, auth_token="not the token")
fails(lambda: wrong.execute("SELECT 1"), "401")
missing = libsql.connect(f"{URL}-missing", auth_token=TOKEN)
fails(lambda: missing.execute("SELECT 1"), "404")

print("OK libsql_errors")
