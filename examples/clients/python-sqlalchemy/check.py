"""Counts what was checked; the first thing that is not as expected ends the program."""

import sys

passed = 0


def same(what: str, found, expected) -> None:
    global passed
    if found != expected or type(found) is not type(expected):
        sys.exit(f"python-sqlalchemy: {what}: expected {short(expected)}, found {short(found)}")
    passed += 1


def fails(what: str, call, words: str, kind=ValueError) -> None:
    """`call` must raise exactly this kind of error with these words in its text."""
    global passed
    try:
        found = call()
    except Exception as error:
        if type(error) is not kind or words not in str(error):
            sys.exit(f"python-sqlalchemy: {what}: expected {kind.__name__} with {words!r}, found {error!r}")
        passed += 1
        return
    sys.exit(f"python-sqlalchemy: {what}: expected {kind.__name__} with {words!r}, found {short(found)}")


def short(value) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]} ... ({len(text)} characters)"
