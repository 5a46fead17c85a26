"""What a column of each type carries, and what it makes of what it cannot."""

from datetime import date, datetime, timezone
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from check import fails, same
from library import Everything, Genre


def check(engine) -> None:
    with Session(engine) as session:

        def stored(column: str, value):
            row = Everything(**{column: value})
            session.add(row)
            session.commit()
            session.expire_all()
            return session.scalar(select(getattr(Everything, column)).where(Everything.id == row.id))

        def there_and_back(column: str, *values) -> None:
            for value in values:
                same(f"{column}", stored(column, value), value)

        there_and_back("big", 0, -1, 2**31 - 1, -(2**31), 2**31, 2**53, -(2**53), None)
        # What is over 32 bits leaves the package as a floating-point number: exact to 2^53, and wrong from there on.
        same("2^53 + 1", stored("big", 2**53 + 1), 2**53)
        same("2^63 - 1", stored("big", 2**63 - 1), float(2**63))
        big = session.scalar(text("SELECT 9223372036854775807"))
        same("reading 64 bits", big, 2**63 - 1)
        there_and_back("real", 0.0, 100.0, 0.1, -1e300, 5e-324, None)
        there_and_back("flag", True, False, None)
        there_and_back("text", "", "' \" \\ / \n", "Grüße 世界 👍🏽", "a\x00b", "x" * 1_000_000, None)
        there_and_back("blob", b"", b"a", b"ab", b"abc", bytes(range(256)) * 4_000, None)
        there_and_back("moment", datetime(1815, 12, 10, 1, 2, 3, 456789), datetime(9999, 12, 31), None)
        aware = datetime(2024, 2, 29, 12, 0, tzinfo=timezone.utc)
        same("a time zone is dropped", stored("moment", aware), aware.replace(tzinfo=None))
        there_and_back("day", date(1, 1, 1), date(2024, 2, 29), None)
        there_and_back("document", {"a": [1, 2.5, None, True, "👍"], "big": 2**63 - 1}, [], "text", 5, {"": {}})
        there_and_back("genre", Genre.NOVEL, Genre.POEM, None)
        there_and_back("money", Decimal("12.50"), Decimal("-0.01"), Decimal("9999999999.99"), None)

        session.add(Everything(document={"colour": "red", "sizes": [1, 2, 3]}))
        session.commit()
        red = select(Everything.document["sizes"][1].as_integer()).where(
            Everything.document["colour"].as_string() == "red"
        )
        same("a look into JSON", session.scalars(red).all(), [2])
        bare = text("SELECT :x")
        fails("a value without a column's type", lambda: session.scalar(bare, {"x": Genre.NOVEL}), "Unsupported parameter")
