"""Runs main.py, then what both libSQL packages for Python are checked for, then what only this one does."""

import sys
from importlib.metadata import version
from pathlib import Path

import libsql

import main

sys.path.append(str(Path(__file__).resolve().parent.parent))
from python_libsql_checks import Checks, check_all

checks = Checks("python-libsql")


def connect(**options):
    return libsql.connect(f"{main.BASE}/{main.DATABASE}", auth_token=main.TOKEN, **options)


try:
    checks.same("balances", main.main(), "ada=70,bob=130,carol=100")
    check_all(checks, connect)

    # The with block commits, or rolls back when it is left by an exception.
    with connect() as connection:
        connection.execute("INSERT INTO users_python_libsql (name, balance) VALUES (?, ?)", ("dan", 1))
    checks.same("committed", connect().execute("SELECT count(*) FROM users_python_libsql").fetchone(), (4,))
    connection = connect()
    checks.same("arguments in a list", connection.execute("SELECT ?", [1]).fetchone(), (1,))
    checks.fails("arguments by name", lambda: connection.execute("SELECT :a", {"a": 1}), "Expected a list or tuple")
except ValueError as error:
    sys.exit(f"{checks.name}: {error}")

print(f"OK {checks.name}, libsql {version('libsql')}: {checks.passed} checks passed")
