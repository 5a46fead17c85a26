"""What the scripts beside this file share: where the server is, and how to say what was expected."""

import os
import sys

BASE = os.environ["QUICSQL_URL"]
TOKEN = os.environ["QUICSQL_TOKEN"]
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")
URL = f"{BASE}/{DATABASE}"


def same(actual, expected, what):
    if actual != expected or type(actual) is not type(expected):
        raise AssertionError(f"{what}: expected {short(expected)}, got {short(actual)}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def fails(call, *words):
    """Runs what must fail, and gives back the error's text, in which all the words must occur."""
    try:
        result = call()
    except Exception as error:
        text = str(error)
        for word in words:
            if word not in text:
                raise AssertionError(f"expected {word!r} in the error, got {type(error).__name__}: {short(text)}") from error
        return text
    raise AssertionError(f"expected an error with {words}, got {short(result)}")


def wait_for_line(announcement):
    """Tells the test that started this script how far it is, and goes on when the test answers."""
    print(announcement, flush=True)
    if not sys.stdin.readline():
        raise AssertionError("the test went away")


def short(value):
    text = repr(value)
    return text if len(text) <= 500 else f"{text[:500]}… ({len(text)} characters)"
