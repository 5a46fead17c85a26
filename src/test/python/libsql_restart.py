"""A connection outlives the server: the test restarts it twice, once in order and once by a kill."""

import libsql

from checks import TOKEN, URL, fails, same, wait_for_line

connection = libsql.connect(URL, auth_token=TOKEN)
lost = libsql.connect(URL, auth_token=TOKEN)
connection.execute("DROP TABLE IF EXISTS restarted")
connection.execute("CREATE TABLE restarted (id INTEGER PRIMARY KEY, name TEXT)")
connection.execute("INSERT INTO restarted (name) VALUES ('ada')")
connection.commit()

for round, name in enumerate(["bob", "carol"], start=1):
    same(connection.execute("SELECT count(*) FROM restarted").fetchone(), (round,), "before the restart")
    # This one is in a transaction when the server goes down.
    lost.execute("INSERT INTO restarted (name) VALUES ('lost')")
    same(lost.in_transaction, True, "in a transaction")

    wait_for_line("RESTART")

    same(connection.execute("SELECT count(*) FROM restarted").fetchone(), (round,), "after the restart")
    connection.execute("INSERT INTO restarted (name) VALUES (?)", (name,))
    connection.commit()

    # The transaction is gone, and nothing of it may run by itself now.
    fails(lambda: lost.execute("INSERT INTO restarted (name) VALUES ('stray')"), "TRANSACTION")
    fails(lambda: lost.execute("SELECT 1"), "TRANSACTION")
    lost.rollback()
    same(lost.in_transaction, False, "after rollback()")
    same(lost.execute("SELECT count(*) FROM restarted").fetchone(), (round + 1,), "the lost connection works again")

same(
    connection.execute("SELECT name FROM restarted ORDER BY id").fetchall(),
    [("ada",), ("bob",), ("carol",)],
    "all rows, and no other",
)
print("OK libsql_restart")
