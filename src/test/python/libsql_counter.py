"""Programs that all change one row in transactions: they take turns, none is refused, and no change is lost."""

import multiprocessing

import libsql

from checks import TOKEN, URL, same

PROGRAMS = 6
TRANSACTIONS = 15


def program(number, outcome):
    try:
        connection = libsql.connect(URL, auth_token=TOKEN)
        for i in range(TRANSACTIONS):
            # The package sends BEGIN before the UPDATE, so the transaction starts with a write.
            connection.execute("UPDATE counter SET value = value + 1")
            (value,) = connection.execute("SELECT value FROM counter").fetchone()
            connection.execute("INSERT INTO counted (value, program) VALUES (?, ?)", (value, number))
            connection.commit()
            # And one that reads first and says beforehand that it will write.
            connection.execute("BEGIN IMMEDIATE")
            (value,) = connection.execute("SELECT value FROM counter").fetchone()
            connection.execute("UPDATE counter SET value = ?", (value + 1,))
            connection.execute("INSERT INTO counted (value, program) VALUES (?, ?)", (value + 1, number))
            connection.commit()
        outcome.put(None)
    except Exception as error:
        outcome.put(f"program {number}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    connection = libsql.connect(URL, auth_token=TOKEN)
    connection.executescript(
        "DROP TABLE IF EXISTS counter; CREATE TABLE counter (value INTEGER); INSERT INTO counter VALUES (0);"
        "DROP TABLE IF EXISTS counted; CREATE TABLE counted (value INTEGER PRIMARY KEY, program INTEGER)"
    )
    context = multiprocessing.get_context("spawn")
    outcome = context.Queue()
    programs = [context.Process(target=program, args=(number, outcome)) for number in range(PROGRAMS)]
    for each in programs:
        each.start()
    problems = [problem for problem in (outcome.get() for _ in programs) if problem is not None]
    for each in programs:
        each.join()
    same(problems, [], "problems")
    expected = PROGRAMS * TRANSACTIONS * 2
    same(connection.execute("SELECT value FROM counter").fetchone(), (expected,), "the counter")
    same(
        connection.execute("SELECT count(*), max(value), count(DISTINCT program) FROM counted").fetchone(),
        (expected, expected, PROGRAMS),
        "the values that were seen",
    )
    print("OK libsql_counter")
