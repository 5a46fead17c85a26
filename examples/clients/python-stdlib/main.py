"""Users and their balances with nothing but the standard library: POST /<database>/query speaks JSON."""

# snippet:connect
import json
import os
import urllib.error
import urllib.request

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")


class QueryError(Exception):
    """What the server refused: `status` is the answer's, `error` has message, reason and perhaps SQLite's code."""

    def __init__(self, status: int, error: dict):
        super().__init__(f"HTTP {status}: {error['message']}")
        self.status = status
        self.error = error


def call(body: dict) -> dict:
    request = urllib.request.Request(
        f"{BASE}/{DATABASE}/query",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, answer = response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        # No rights, no such database, too large: a status, with the reason in the body.
        status, answer = refused.code, json.load(refused)
    # A statement that SQLite refused: status 200, and the reason in the body.
    if "error" in answer:
        raise QueryError(status, answer["error"])
    return answer


def query(sql: str, *args, **named) -> dict:
    return call({"sql": sql, "args": named or list(args)})
# snippet:end


# snippet:batch
def batch(*statements: dict) -> list:
    """Runs the statements in one transaction: all of them, or, when one fails, none."""
    return call({"statements": list(statements)})["results"]


def transfer(giver: str, taker: str, amount: int) -> None:
    change = "UPDATE users_python_stdlib SET balance = balance + ? WHERE name = ?"
    batch({"sql": change, "args": [amount, taker]}, {"sql": change, "args": [-amount, giver]})
# snippet:end


def main() -> str:
    query(
        "CREATE TABLE IF NOT EXISTS users_python_stdlib (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
        " balance INTEGER NOT NULL CHECK (balance >= 0))"
    )
    query("DELETE FROM users_python_stdlib")

    insert = "INSERT INTO users_python_stdlib (name, balance) VALUES (?, ?)"
    ada = query(insert, "ada", 100)
    print(f"ada is row {ada['last_insert_id']}")
    query(insert, "bob", 100)

    transfer("ada", "bob", 30)

    # snippet:errors
    try:
        # More than ada has: the first half is rolled back with the second.
        transfer("ada", "bob", 1000)
    except QueryError as refused:
        print(refused.error["reason"], "-", refused.error["message"])
    # snippet:end

    rows = query("SELECT name, balance FROM users_python_stdlib ORDER BY name")["rows"]
    return ",".join(f"{name}={balance}" for name, balance in rows)


if __name__ == "__main__":
    print(main())
