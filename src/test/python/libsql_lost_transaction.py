"""A transaction that lies idle for too long is ended by the server, loudly: libsql_lost_transaction.py IDLE_SECONDS"""

import sys
import time

import libsql

from checks import TOKEN, URL, fails, holds, same

idle = float(sys.argv[1])
quiet = libsql.connect(URL, auth_token=TOKEN)
other = libsql.connect(URL, auth_token=TOKEN)
quiet.execute("DROP TABLE IF EXISTS lost")
quiet.execute("CREATE TABLE lost (id INTEGER PRIMARY KEY, name TEXT)")
quiet.execute("INSERT INTO lost (name) VALUES ('ada')")
quiet.commit()


def names(connection):
    return [name for (name,) in connection.execute("SELECT name FROM lost ORDER BY id").fetchall()]


quiet.execute("BEGIN IMMEDIATE")
quiet.execute("INSERT INTO lost (name) VALUES ('never')")
quiet.execute("DELETE FROM lost WHERE name = 'ada'")
time.sleep(idle * 2)

# The lock is free.
began = time.monotonic()
other.execute("INSERT INTO lost (name) VALUES ('bob')")
other.commit()
holds(time.monotonic() - began < 5, "another connection had to wait")
same(names(other), ["ada", "bob"], "nothing of the lost transaction is there")

# Whatever the stream is asked now, it refuses, and says why.
fails(lambda: quiet.execute("INSERT INTO lost (name) VALUES ('stray')"), "TRANSACTION_TIMEOUT", "tx_idle_timeout")
fails(lambda: quiet.execute("SELECT * FROM lost"), "TRANSACTION_TIMEOUT")
fails(lambda: quiet.execute("CREATE TABLE stray (x)"), "TRANSACTION_TIMEOUT")
fails(lambda: quiet.execute("SAVEPOINT s"), "TRANSACTION_TIMEOUT")
fails(lambda: quiet.executemany("INSERT INTO lost (name) VALUES (?)", [("stray",), ("stray",)]), "TRANSACTION_TIMEOUT")
# This package does not tell that a script failed; that nothing of it ran is what counts.
quiet.executescript("INSERT INTO lost (name) VALUES ('stray'); DELETE FROM lost")
same(quiet.in_transaction, True, "the client must still know of its transaction")
same(names(other), ["ada", "bob"], "the table is as it was")

# rollback() heals it.
quiet.rollback()
same(quiet.in_transaction, False, "after rollback()")
same(names(quiet), ["ada", "bob"], "the connection works")
quiet.execute("INSERT INTO lost (name) VALUES ('carol')")
quiet.commit()
same(names(other), ["ada", "bob", "carol"], "and writes")

# A transaction that only read is ended too.
quiet.execute("BEGIN")
same(len(names(quiet)), 3, "within the read transaction")
time.sleep(idle * 2)
fails(lambda: names(quiet), "TRANSACTION_TIMEOUT")
quiet.rollback()
same(len(names(quiet)), 3, "after it")

# COMMIT must not claim success.
quiet.execute("INSERT INTO lost (name) VALUES ('never')")
time.sleep(idle * 2)
fails(quiet.commit, "TRANSACTION_TIMEOUT")
same(names(other), ["ada", "bob", "carol"], "after the refused COMMIT")
same(names(quiet), ["ada", "bob", "carol"], "the connection after the refused COMMIT")

print("OK libsql_lost_transaction")
