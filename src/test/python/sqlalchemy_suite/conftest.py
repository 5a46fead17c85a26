"""Runs SQLAlchemy's compliance suite through sqlite+libsql:// against a running server.

The address, the token and the database come from QUICSQL_URL, QUICSQL_TOKEN and QUICSQL_DATABASE. With QUICSQL_URL set
to `sqlite` it runs against Python's own sqlite3 with a file, to tell SQLite's limits from those of a client.
"""

import os
import re
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.testing.plugin import plugin_base

BASE = os.environ["QUICSQL_URL"]
LOCAL = BASE == "sqlite"
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")
KNOWN = Path(__file__).with_name("known_failures.txt")


def known_failures():
    """Patterns of test ids, in which * stands for anything, with the reason that stands above them."""
    reason = None
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line.strip():
            yield line.strip(), reason


def test_id(item):
    """`Class::case[parameters]`, without the name of the database that the plugin appends to the class."""
    return f"{re.sub(r'_sqlite.*', '', item.cls.__name__)}::{item.name}"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if LOCAL:
        config.option.dburi = ["sqlite:///suite.db"]
    else:
        config.option.dburi = [f"sqlite+libsql://{urlsplit(BASE).netloc}/{DATABASE}"]
        event.listen(Engine, "do_connect", add_token)


def add_token(dialect, record, arguments, options):
    options["auth_token"] = TOKEN


@plugin_base.pre
def provide(options, file_config):
    if LOCAL:
        return
    import libsql_experimental
    import sqlalchemy.dialects.sqlite.provision as sqlite
    from sqlalchemy.testing import provision

    # As every user of LargeBinary has to: SQLAlchemy asks the driver for it, and this one lacks it.
    libsql_experimental.Binary = bytes

    # SQLAlchemy's own preparations for SQLite rename the database's file and attach another one.
    sqlite.generate_driver_url.for_db("sqlite")(lambda url, driver, query: url)
    sqlite.post_configure_engine.for_db("sqlite")(lambda url, engine, follower: None)

    # Those begin a transaction with a savepoint, which this package cannot (see docs/clients/python-sqlalchemy.md);
    # every case of a class that keeps its tables would fail after it has succeeded.
    @provision.delete_from_all_tables.for_db("sqlite")
    def delete_from_all_tables(connection, config, metadata):
        names = inspect(connection).get_table_names()
        for table in reversed(metadata.sorted_tables):
            if table.name in names:
                connection.execute(table.delete())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    if LOCAL:
        return
    useless = []
    for pattern, reason in known_failures():
        expression = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        matching = [item for item in items if expression.fullmatch(test_id(item))]
        for item in matching:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
        if not matching:
            useless.append(pattern)
    if useless:
        raise pytest.UsageError(f"{KNOWN.name} names cases that do not exist: {useless}")


def pytest_terminal_summary(terminalreporter, exitstatus):
    counts = {name: len(reports) for name, reports in terminalreporter.stats.items()}
    if exitstatus == 0 and counts.get("passed"):
        # What needs a database that SQLite is not is skipped by the suite itself.
        dialect = "sqlite3" if LOCAL else f"sqlalchemy-libsql {version('sqlalchemy-libsql')}"
        terminalreporter.write_line(
            f"OK sqlalchemy-suite, SQLAlchemy {version('sqlalchemy')} / {dialect}:"
            f" {counts['passed']} passed, {counts.get('xfailed', 0)} known failures"
        )
