"""Users and their balances with nothing but the standard library: POST /<database>/query speaks JSON."""

import json
import os
import sys
import urllib.error
import urllib.request

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")

EXPECTED = "ada=70,bob=130"


def call(body: dict) -> dict:
    request = urllib.request.Request(
        f"{BASE}/{DATABASE}/query",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as refused:
        # No rights, no such database, too large: a status, with the reason in the body.
        raise SystemExit(f"python-stdlib: HTTP {refused.code}: {refused.read().decode()}") from None
    if "error" in answer:
        # A statement that SQLite refused: status 200, and the reason in the body.
        raise SystemExit(f"python-stdlib: {answer['error']['message']}")
    return answer


def query(sql: str, *args) -> dict:
    return call({"sql": sql, "args": list(args)})


def batch(*statements: dict) -> list:
    """Runs the statements in one transaction: all of them, or, when one fails, none."""
    return call({"statements": list(statements)})["results"]


def main() -> int:
    query(
        "CREATE TABLE IF NOT EXISTS users_py"
        " (id INTEGER PRIMARY KEY, name TEXT NOT NULL, balance INTEGER NOT NULL)"
    )
    query("DELETE FROM users_py")

    ada = query("INSERT INTO users_py (name, balance) VALUES (?, ?)", "ada", 100)
    if not ada["last_insert_id"] > 0:
        print(f"python-stdlib: no row id for ada, but {ada}", file=sys.stderr)
        return 1

    change = "UPDATE users_py SET balance = balance + ? WHERE name = ?"
    batch(
        {"sql": "INSERT INTO users_py (name, balance) VALUES (?, ?)", "args": ["bob", 100]},
        {"sql": change, "args": [-30, "ada"]},
        {"sql": change, "args": [30, "bob"]},
    )

    result = query("SELECT name, balance FROM users_py ORDER BY name")
    found = ",".join(f"{name}={balance}" for name, balance in result["rows"])
    if result["columns"] != ["name", "balance"] or found != EXPECTED:
        print(f"python-stdlib: expected {EXPECTED}, found {found} in {result['columns']}", file=sys.stderr)
        return 1
    print(f"OK python-stdlib {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
