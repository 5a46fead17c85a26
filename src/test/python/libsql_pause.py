"""A connection that lies idle past every limit works on: libsql_pause.py SECONDS"""

import sys
import time

import libsql

from checks import TOKEN, URL, same

seconds = float(sys.argv[1])
writer = libsql.connect(URL, auth_token=TOKEN)
reader = libsql.connect(URL, auth_token=TOKEN)
writer.execute("DROP TABLE IF EXISTS pause")
writer.execute("CREATE TABLE pause (id INTEGER PRIMARY KEY, name TEXT)")
writer.execute("INSERT INTO pause (name) VALUES ('ada')")
writer.commit()
# A SELECT leaves a stream open: this is the one that used to die.
same(reader.execute("SELECT name FROM pause").fetchall(), [("ada",)], "before the pause")
same(writer.execute("SELECT name FROM pause").fetchall(), [("ada",)], "before the pause, the writer")

time.sleep(seconds)

same(writer.execute("SELECT name FROM pause").fetchall(), [("ada",)], "after the pause, the writer")
writer.execute("INSERT INTO pause (name) VALUES ('bob')")
same(writer.in_transaction, True, "a transaction after the pause")
writer.commit()
same(reader.execute("SELECT name FROM pause ORDER BY id").fetchall(), [("ada",), ("bob",)], "after the pause")

time.sleep(seconds)

reader.execute("INSERT INTO pause (name) VALUES ('carol')")
reader.rollback()
same(reader.execute("SELECT count(*) FROM pause").fetchone(), (2,), "after the second pause")

print("OK libsql_pause")
