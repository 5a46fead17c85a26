"""Runs main.py, then everything else, and counts the checks."""

import sys
from importlib.metadata import version

from sqlalchemy import event

import check
import column_types
import limits
import main
import orm
import schema

# snippet:savepoint-engine
def engine_for_savepoints():
    """An engine that begins each transaction itself, so that begin_nested() may be the first thing in it."""
    engine = main.make_engine(isolation_level=None)

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN")

    return engine
# snippet:end


try:
    check.same("balances", main.main(), "ada=70,bob=130")
    engine, savepoint_engine = main.make_engine(), engine_for_savepoints()
    orm.check(engine, savepoint_engine)
    column_types.check(engine)
    schema.check(engine)
    limits.check(engine)
    engine.dispose()
    savepoint_engine.dispose()
except ValueError as error:
    sys.exit(f"python-sqlalchemy: {error}")

print(
    f"OK python-sqlalchemy, SQLAlchemy {version('sqlalchemy')} with sqlalchemy-libsql {version('sqlalchemy-libsql')}:"
    f" {check.passed} checks passed"
)
