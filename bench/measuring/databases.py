"""Many databases on one server: point SELECTs that go round all of them."""
import sqlite3

from .kinds import Hrana, Native
from .loads import by_wrk
from .ours import TOKEN
from .processes import rss_mb
from .rounds import Cell
from .tables import POINT, USERS, USERS_TABLE, Statement, expect, fill_users, user

DATABASES = 1_000
CONNECTIONS = 16
WORKLOAD = "point SELECT over 1,000 databases"


def many_databases(ours, table):
    """The cells: 1,000 files beside the first database, and that one alone, which is read the same way."""
    for number in range(DATABASES):
        make_file(ours.file(f"many{number:04d}"))
    cells = []
    for door in ours.doors:
        cells.append(cell(ours, door, "1 database", "floor", door.name))
        cells.append(cell(ours, many(ours, door, "$database$"), door.name, "ours", door.name))
        check = many(ours, door, f"{DATABASES - 1:04d}")
        expect(check, Statement(POINT.sql, (USERS,)), [user(USERS)])
    for each in cells:
        table.add(each)
    return cells


def make_file(path):
    """While no server knows it: as large as the first one, so that the same rows can be asked for."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(USERS_TABLE)
        connection.execute(fill_users(USERS))
        connection.commit()
    finally:
        connection.close()


def many(ours, door, number):
    kind = Native if isinstance(door, Native) else Hrana
    return kind(door.name, f"http://{TOKEN}@127.0.0.1:{ours.port}/many{number}")


def cell(ours, kind, who, role, door):
    def measure(seconds):
        result = by_wrk(kind, kind.read(POINT), CONNECTIONS, seconds, ours.pid(), DATABASES)
        return {**result, "rss_mb": rss_mb(ours.pid())}

    label = who if role == "ours" else f"{who}, {door}"
    return Cell(WORKLOAD, CONNECTIONS, label, role, "requests", measure, door)
