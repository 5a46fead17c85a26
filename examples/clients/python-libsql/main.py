"""Users and their balances with the libsql package: inserts, a transfer in a transaction, a check."""

import os
import sys

import libsql

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")

EXPECTED = "ada=70,bob=130,carol=100"


def main() -> int:
    # The database is the path of the address. Nothing is sent before the first statement.
    connection = libsql.connect(f"{BASE}/{DATABASE}", auth_token=TOKEN)

    connection.execute(
        "CREATE TABLE IF NOT EXISTS users_pylibsql"
        " (id INTEGER PRIMARY KEY, name TEXT NOT NULL, balance INTEGER NOT NULL)"
    )
    connection.execute("DELETE FROM users_pylibsql")
    connection.commit()

    # As with sqlite3, the first INSERT, UPDATE or DELETE begins a transaction, and commit() ends it.
    ada = connection.execute("INSERT INTO users_pylibsql (name, balance) VALUES (?, ?)", ("ada", 100))
    if not ada.lastrowid > 0:
        print(f"python-libsql: no row id for ada, but {ada.lastrowid}", file=sys.stderr)
        return 1
    connection.executemany(
        "INSERT INTO users_pylibsql (name, balance) VALUES (?, ?)",
        [("bob", 100), ("carol", 100)],
    )
    connection.commit()

    # Both halves of the transfer, or neither.
    try:
        transfer(connection, "ada", "bob", 30)
        connection.commit()
    except Exception:
        connection.rollback()
        raise

    rows = connection.execute("SELECT name, balance FROM users_pylibsql ORDER BY name").fetchall()
    found = ",".join(f"{name}={balance}" for name, balance in rows)
    if found != EXPECTED:
        print(f"python-libsql: expected {EXPECTED}, found {found}", file=sys.stderr)
        return 1
    print(f"OK python-libsql {found}")
    return 0


def transfer(connection, giver: str, taker: str, amount: int) -> None:
    change = "UPDATE users_pylibsql SET balance = balance + ? WHERE name = ?"
    connection.execute(change, (-amount, giver))
    connection.execute(change, (amount, taker))


if __name__ == "__main__":
    sys.exit(main())
