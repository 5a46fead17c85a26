"""POST /<database>/query with nothing but the standard library: values, batches, errors, statuses."""

import base64
import json
import os
import threading
import urllib.error
import urllib.request

from checks import BASE, TOKEN, holds, same

READER_TOKEN = os.environ["QUICSQL_READER_TOKEN"]


def send(body, database="app", token=TOKEN, method="POST", **headers):
    """Status and decoded body of the answer; a body that is not JSON is a failure everywhere."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{BASE}/{database}/query", data=data, method=method)
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, text, kind = response.status, response.read(), response.headers["Content-Type"]
    except urllib.error.HTTPError as refused:
        status, text, kind = refused.code, refused.read(), refused.headers["Content-Type"]
    same(kind, "application/json", f"content type of {text[:200]!r}")
    holds(text.endswith(b"\n"), "an answer ends with a line end")
    return status, json.loads(text)


def query(sql, *args, **named):
    status, answer = send({"sql": sql, "args": named or list(args)})
    same(status, 200, f"status of {sql[:100]}: {answer}")
    holds("error" not in answer, f"{sql[:100]}: {answer}")
    return answer


def refused(status, *words, body, **options):
    """What must be answered with this status and a message in the envelope."""
    actual, answer = send(body, **options)
    same(actual, status, f"status of {str(body)[:200]}: {str(answer)[:300]}")
    message = answer["error"]["message"]
    for word in words:
        holds(word in message, f"expected {word!r} in {message!r}")
    return answer


query("DROP TABLE IF EXISTS std")
query("CREATE TABLE std (id INTEGER PRIMARY KEY, name TEXT UNIQUE, x)")

# The shape of answers.
same(
    query("INSERT INTO std (name) VALUES (?), (?)", "ada", "bob"),
    {"columns": [], "rows": [], "rows_affected": 2, "last_insert_id": 2},
    "INSERT",
)
same(query("SELECT id, name AS n, name AS n FROM std ORDER BY id")["columns"], ["id", "n", "n"], "columns")
same(query("SELECT id, name FROM std ORDER BY id")["rows"], [[1, "ada"], [2, "bob"]], "rows")
same(query("UPDATE std SET x = 1")["rows_affected"], 2, "rows_affected")
returning = query("INSERT INTO std (name) VALUES ('carol') RETURNING id, name")
same(returning["rows"], [[3, "carol"]], "RETURNING")
same(returning["rows_affected"], 1, "rows_affected of RETURNING")

# Arguments by position, by number and by name.
same(query("SELECT ?2, ?1", "a", "b")["rows"], [["b", "a"]], "by number")
same(query("SELECT :a, @b, $c, :a", a=1, b="two", c=None)["rows"], [[1, "two", None, 1]], "by name")
same(query("SELECT :a", **{":a": 5})["rows"], [[5]], "by name with its prefix")

# Integers keep all 64 bits, in both directions.
for value in (0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)):
    same(query("SELECT ?, typeof(?1)", value)["rows"], [[value, "integer"]], "integer")
    query("UPDATE std SET x = ? WHERE id = 1", value)
    same(query("SELECT x FROM std WHERE id = 1 AND x = ?", value)["rows"], [[value]], "stored integer")
same(query("SELECT ?, typeof(?1)", 2**63)["rows"], [[float(2**63), "real"]], "an integer over 64 bits is REAL")
same(query("SELECT ?, ?", True, False)["rows"], [[1, 0]], "booleans")

# Floating point stays floating point.
for value in (0.0, 100.0, 0.1, -1e300, 5e-324, 1234567.0):
    same(query("SELECT ?, typeof(?1)", value)["rows"], [[value, "real"]], "float")
same(query("SELECT 9e999, -9e999")["rows"], [[None, None]], "infinities")

# Text and blobs.
for value in ("", "Grüße 世界 👍🏽", "a\x00b", "</script>&\u2028", "x" * 1_000_000):
    same(query("SELECT ?", value)["rows"], [[value]], "text")
for length in (0, 1, 2, 3, 70_000):
    blob = {"base64": base64.b64encode(bytes(i % 256 for i in range(length))).decode()}
    same(query("SELECT ?, typeof(?1), length(?1)", blob)["rows"], [[blob, "blob", length]], "blob")
same(query("SELECT ?", {"base64": "AQ"})["rows"], [[{"base64": "AQ=="}]], "unpadded in, padded out")

# A batch is one transaction: all or nothing, and reads in it see its writes.
count = query("SELECT count(*) FROM std")["rows"]
status, answer = send(
    {
        "statements": [
            {"sql": "INSERT INTO std (name) VALUES (?)", "args": ["dan"]},
            {"sql": "SELECT name FROM std WHERE name = :name", "args": {"name": "dan"}},
            {"sql": "DELETE FROM std WHERE name = 'dan'"},
        ]
    }
)
same(status, 200, "status of a batch")
same([result["rows"] for result in answer["results"]], [[], [["dan"]], []], "results of a batch")
same([result["rows_affected"] for result in answer["results"]], [1, 0, 1], "counts of a batch")
for position in range(3):
    statements = [{"sql": "INSERT INTO std (name) VALUES (?)", "args": [f"new {i}"]} for i in range(3)]
    statements[position]["args"] = ["ada"]
    status, answer = send({"statements": statements})
    same(status, 200, "status of a failed batch")
    same(answer["failed_index"], position, "failed_index")
    same(answer["error"]["code"], 19, "code")
    same(answer["error"]["extended_code"], 2067, "extended_code")
    holds("UNIQUE constraint failed: std.name" in answer["error"]["message"], answer["error"]["message"])
    same(query("SELECT count(*) FROM std")["rows"], count, "rows after a failed batch")

# A failed statement: 200 and SQLite's words; with the strict preference, a status.
for sql, code, words, strict in [
    ("INSERT INTO std (name) VALUES ('ada')", 19, "UNIQUE constraint failed: std.name", 409),
    ("SELECT * FROM missing", 1, "no such table: missing", 422),
    ("SELEKT 1", 1, 'near "SELEKT": syntax error', 422),
]:
    same(refused(200, words, body={"sql": sql})["error"]["code"], code, f"code of {sql}")
    same(refused(strict, words, body={"sql": sql}, Prefer="status=strict")["error"]["code"], code, f"code of {sql}")

# Statuses: who, what, where, how much.
refused(401, "authentication required", body={"sql": "SELECT 1"}, token=None)
refused(401, "authentication required", body={"sql": "SELECT 1"}, token="wrong")
refused(403, body={"sql": "INSERT INTO std (name) VALUES ('eve')"}, token=READER_TOKEN)
refused(403, body={"statements": [{"sql": "SELECT 1"}, {"sql": "DELETE FROM std"}]}, token=READER_TOKEN)
refused(403, body={"sql": "DROP TABLE std"}, token=READER_TOKEN)
refused(403, body={"sql": "ATTACH 'other.db' AS other"})
same(send({"sql": "SELECT count(*) FROM std"}, token=READER_TOKEN)[1]["rows"], count, "a reader reads")
refused(404, body={"sql": "SELECT 1"}, database="missing")
refused(404, body={"sql": "SELECT 1"}, database="APP")
refused(400, body={"sql": "SELECT 1"}, database="..%2Fapp")
refused(405, body={"sql": "SELECT 1"}, method="PUT")
refused(413, body={"sql": "SELECT ?", "args": ["x" * (9 * 1024 * 1024)]})
for wrong in (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"SELECT 1"',
    b'{"sql":1}',
    b'{"sql":"SELECT 1","statements":[{"sql":"SELECT 1"}]}',
    b'{"sql":"SELECT 1","more":1}',
    b'{"sql":"SELECT 1","sql":"SELECT 2"}',
    b'{"sql":"SELECT 1"} {"sql":"SELECT 2"}',
    b'{"sql":"SELECT ?","args":[[1]]}',
    b'{"sql":"SELECT ?","args":[{"base64":"?"}]}',
    b'{"statements":[]}',
    b'{"statements":[{"args":[]}]}',
    b'{"sql":"SELECT \xff"}',
    b'{"sql":"SELECT ?","args":["\\ud800"]}',
    b"[" * 100_000,
    b'{"sql":"SELECT ?","args":[]}',
    b'{"sql":"SELECT 1","args":[1]}',
    b'{"sql":"SELECT 1; SELECT 2"}',
    b'{"sql":"SELECT \\u0000"}',
    b'{"sql":""}',
    b'{"sql":" -- nothing"}',
    b'{"sql":" -- nothing"}',
    b'{"sql":" -- nothing"}',
    b'{"sql":"BEGIN"}',
    b'{"sql":"COMMIT"}',
    b'{"sql":"SAVEPOINT a"}',
    b'{"sql":"CREATE TEMP TABLE t (x)"}',
    b'{"statements":[{"sql":"DELETE FROM std"},{"sql":"COMMIT"}]}',
):
    refused(400, body=wrong)
same(query("SELECT count(*) FROM std")["rows"], count, "rows at the end")
same(query("PRAGMA integrity_check")["rows"], [["ok"]], "integrity_check")

# Many at once, each with connections of its own.
query("DROP TABLE IF EXISTS std_many")
query("CREATE TABLE std_many (id INTEGER PRIMARY KEY, thread INTEGER, i INTEGER)")
problems = []


def insert(thread):
    try:
        for i in range(20):
            query("INSERT INTO std_many (thread, i) VALUES (?, ?)", thread, i)
    except Exception as problem:
        problems.append(problem)


threads = [threading.Thread(target=insert, args=(number,)) for number in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
same(problems, [], "problems of the threads")
same(query("SELECT count(*), count(DISTINCT thread * 100 + i) FROM std_many")["rows"], [[200, 200]], "rows of the threads")

print("OK stdlib_query")
