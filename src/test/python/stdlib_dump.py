"""GET /<database>/dump with nothing but the standard library: what its sqlite3 makes of a dump is the same database."""

import json
import os
import sqlite3
import sys
import tempfile
import urllib.error
import urllib.request

from checks import BASE, TOKEN, holds, same

READER_TOKEN = os.environ["QUICSQL_READER_TOKEN"]


def query(sql):
    request = urllib.request.Request(
        f"{BASE}/app/query", data=json.dumps({"sql": sql}).encode(), headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    holds("error" not in answer, f"{sql[:100]}: {answer}")
    return answer


def dump(token=READER_TOKEN, path="/app/dump"):
    request = urllib.request.Request(BASE + path, headers={"Authorization": f"Bearer {token}"})
    return urllib.request.urlopen(request, timeout=120)


def values(connection, sql):
    connection.text_factory = bytes
    return [tuple((type(cell).__name__, cell) for cell in row) for row in connection.execute(sql)]


def restores_all_values():
    query("CREATE TABLE dumped (id INTEGER PRIMARY KEY, x, r REAL, up AS (id + 1))")
    for literal in [
        "NULL", "9223372036854775807", "-9223372036854775808", "0.1", "5e-324", "-1e-300", "1.7976931348623157e308",
        "9e999", "-9e999", "''", "x''", "x'00'", "'it''s'", "char(13, 10, 0)", "'a' || char(13, 10) || '\\r\\n'",
        "'é€😀'", "CAST(x'ff00fe' AS TEXT)", "297.0482308767088", "3.526799225350583e-10", "-975124.54225477",
    ]:
        query(f"INSERT INTO dumped (x, r) VALUES ({literal}, 1.5)")
    query("CREATE VIRTUAL TABLE found USING fts5(body)")
    query("INSERT INTO found (rowid, body) VALUES (7, 'running dogs')")
    query("CREATE VIEW seen AS SELECT x FROM dumped")
    with dump() as response:
        same(response.status, 200, "status")
        same(response.headers.get_content_type(), "text/plain", "content type")
        text = response.read().decode()
    with tempfile.TemporaryDirectory() as folder:
        copy = sqlite3.connect(os.path.join(folder, "copy.db"))
        copy.executescript(text)
        same(copy.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity of the copy")
        same(copy.execute("SELECT rowid FROM found('dogs')").fetchall(), [(7,)], "rows found in the copy")
        file = sqlite3.connect(f"file:{sys.argv[1]}/app.db?mode=ro", uri=True)
        for sql in ["SELECT * FROM dumped ORDER BY id", "SELECT name, sql FROM sqlite_master ORDER BY name",
                    "SELECT * FROM seen"]:
            same(values(copy, sql), values(file, sql), sql)
        same(len(values(copy, "SELECT * FROM dumped")), 20, "rows")
        copy.close()
        file.close()


def is_larger_than_the_heap():
    query("CREATE TABLE heavy (x)")
    query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
          " INSERT INTO heavy SELECT randomblob(1000000) FROM n")
    received = 0
    last = b""
    with dump() as response:
        while part := response.read(1 << 20):
            received += len(part)
            last = (last + part)[-100:]
    holds(received > 120_000_000, f"{received} bytes are the whole dump")
    holds(last.endswith(b"\nCOMMIT;\n"), f"the dump ends in {last[-20:]}")
    query("DROP TABLE heavy")


def asks_as_the_shell_does():
    # Its URL ends in a slash, it adds another, and sends its token even where it has none.
    with dump(path="/app//dump") as response:
        holds(response.readline() == b"PRAGMA foreign_keys=OFF;\n", "the first line")
    try:
        dump(token="")
        raise SystemExit("an empty token was taken")
    except urllib.error.HTTPError as refused:
        same(refused.code, 401, "status without a token")
        holds(json.load(refused)["error"]["message"], "a reason")


restores_all_values()
is_larger_than_the_heap()
asks_as_the_shell_does()
print("OK stdlib_dump")
