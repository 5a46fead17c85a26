"""The tables that every server gets, the statements that run on them, and the answers that are right."""
from dataclasses import dataclass

from .processes import Failed

USERS = 10_000
ACCOUNTS = 1_000
READINGS = 100_000


@dataclass(frozen=True)
class Statement:
    """SQL with its arguments by position: numbers and texts, or templates such as $row$ with the type they stand for."""

    sql: str
    arguments: tuple = ()


@dataclass(frozen=True)
class Number:
    """An integer that the load chooses anew for each request."""

    template: str


@dataclass(frozen=True)
class Text:
    """A text that the load chooses anew for each request; it needs no escapes in JSON."""

    template: str


POINT = Statement("SELECT id, name, balance FROM bench_users WHERE id = ?1", (Number("$row$"),))
HUNDRED = Statement(
    "SELECT id, name, balance FROM bench_users WHERE id > ?1 ORDER BY id LIMIT 100", (Number("$start$"),)
)
ALL_READINGS = Statement("SELECT id, place, value, quality, note FROM bench_readings")
INSERT = Statement(
    "INSERT INTO bench_events(at, kind, payload) VALUES(?1, ?2, ?3)", (Text("$at$"), Text("$kind$"), Text("$payload$"))
)
TAKE = Statement(
    "UPDATE bench_accounts SET balance = balance - 1, given = given + 1 WHERE id = ?1", (Number("$account$"),)
)
GIVE = Statement("UPDATE bench_accounts SET balance = balance + 1 WHERE id = ?1", (Number("$account$"),))
SELECT_1 = Statement("SELECT 1")


def numbers(count):
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"


USERS_TABLE = "CREATE TABLE bench_users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, balance INTEGER NOT NULL)"


def fill_users(count):
    return f"INSERT INTO bench_users {numbers(count)} SELECT i, 'user number ' || i, i * 10 FROM n"


# An INSERT that begins with its verb: some peers tell reads from writes by the first word.
MADE = [
    *(f"DROP TABLE IF EXISTS bench_{name}" for name in ("users", "events", "accounts", "readings")),
    USERS_TABLE,
    fill_users(USERS),
    "CREATE TABLE bench_events(id INTEGER PRIMARY KEY, at TEXT, kind TEXT, payload TEXT)",
    "CREATE TABLE bench_accounts(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, given INTEGER NOT NULL)",
    f"INSERT INTO bench_accounts {numbers(ACCOUNTS)} SELECT i, 1000, 0 FROM n",
    "CREATE TABLE bench_readings"
    "(id INTEGER PRIMARY KEY, place TEXT NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL, note TEXT NOT NULL)",
    f"INSERT INTO bench_readings {numbers(READINGS)}"
    " SELECT i, 'station ' || (i % 997), i * 0.25, i % 100, 'reading number ' || i || ', as it was sent' FROM n",
]


def user(number):
    return [number, f"user number {number}", number * 10]


def make(kind):
    """Makes the tables anew and fills them, and looks whether reads answer what they should."""
    for sql in MADE:
        kind.run(Statement(sql))
    check(kind)


def check(kind):
    for number in (1, 77, USERS):
        expect(kind, Statement(POINT.sql, (number,)), [user(number)])
    for start in (0, USERS - 100):
        expect(kind, Statement(HUNDRED.sql, (start,)), [user(start + i) for i in range(1, 101)])


def expect(kind, statement, rows):
    found = kind.ask(statement)
    if found != rows:
        raise Failed(f"{kind.name} answers {statement} with {found}")
