"""Users and their balances with the libsql-experimental package: inserts, a transfer, one that is rolled back."""

# snippet:connect
import os

import libsql_experimental

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")


def connect():
    # The database is the path of the address. Nothing is sent before the first statement.
    return libsql_experimental.connect(f"{BASE}/{DATABASE}", auth_token=TOKEN)
# snippet:end


# snippet:transaction
def transfer(connection, giver: str, taker: str, amount: int) -> None:
    """Both halves of the transfer, or neither."""
    change = "UPDATE users_python_libsql_experimental SET balance = balance + ? WHERE name = ?"
    try:
        # As with sqlite3, the first INSERT, UPDATE or DELETE begins a transaction, and commit() ends it.
        connection.execute(change, (amount, taker))
        connection.execute(change, (-amount, giver))
        connection.commit()
    except Exception:
        connection.rollback()
        raise
# snippet:end


def main() -> str:
    connection = connect()
    connection.execute(
        "CREATE TABLE IF NOT EXISTS users_python_libsql_experimental (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
        " balance INTEGER NOT NULL CHECK (balance >= 0))"
    )
    connection.execute("DELETE FROM users_python_libsql_experimental")
    connection.commit()

    insert = "INSERT INTO users_python_libsql_experimental (name, balance) VALUES (?, ?)"
    ada = connection.execute(insert, ("ada", 100))
    print(f"ada is row {ada.lastrowid}")
    connection.executemany(insert, [("bob", 100), ("carol", 100)])
    connection.commit()

    transfer(connection, "ada", "bob", 30)

    # snippet:errors
    try:
        # More than ada has: the first half is rolled back with the second.
        transfer(connection, "ada", "bob", 1000)
    except ValueError as error:
        print(f"not transferred: {error}")
    # snippet:end

    rows = connection.execute("SELECT name, balance FROM users_python_libsql_experimental ORDER BY name").fetchall()
    return ",".join(f"{name}={balance}" for name, balance in rows)


if __name__ == "__main__":
    print(main())
