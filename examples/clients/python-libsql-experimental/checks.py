"""Runs main.py, then what both libSQL packages for Python are checked for, then what only this one does."""

import sys
from importlib.metadata import version
from pathlib import Path

import libsql_experimental

import main

sys.path.append(str(Path(__file__).resolve().parent.parent))
from python_libsql_checks import Checks, check_all

checks = Checks("python-libsql-experimental")


def connect(**options):
    return libsql_experimental.connect(f"{main.BASE}/{main.DATABASE}", auth_token=main.TOKEN, **options)


try:
    checks.same("balances", main.main(), "ada=70,bob=130,carol=100")
    check_all(checks, connect)

    # What the package `libsql` has and this one has not.
    connection = connect()
    checks.fails("arguments in a list", lambda: connection.execute("SELECT ?", [1]), "'list'", TypeError)
    checks.fails("arguments by name", lambda: connection.execute("SELECT :a", {"a": 1}), "'dict'", TypeError)
    checks.same("a with block", hasattr(connection, "__enter__"), False)
except ValueError as error:
    sys.exit(f"{checks.name}: {error}")

print(f"OK {checks.name}, libsql-experimental {version('libsql-experimental')}: {checks.passed} checks passed")
