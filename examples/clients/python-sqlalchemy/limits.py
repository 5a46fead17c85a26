"""What the dialect cannot do, as it really fails; each is listed in docs/clients/python-sqlalchemy.md."""

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

import main
from check import fails, same
from library import Author, Tag


def check(engine) -> None:
    with engine.connect() as connection:
        fails(
            "AUTOCOMMIT",
            lambda: connection.execution_options(isolation_level="AUTOCOMMIT"),
            "isolation_level",
            AttributeError,
        )
    autocommit = main.make_engine(isolation_level=None)
    with autocommit.connect() as connection:
        connection.execute(insert(Tag).values(name="at once"))
        with engine.connect() as other:
            same("AUTOCOMMIT in another way", other.scalar(select(Tag.name).where(Tag.name == "at once")), "at once")
        connection.execute(delete(Tag).where(Tag.name == "at once"))
    autocommit.dispose()
    with engine.connect() as connection:
        fails("REGEXP", lambda: connection.execute(select(Tag).where(Tag.name.regexp_match("l.*"))), "REGEXP")
        for sql in "CREATE TEMP TABLE sa_temp (x)", "VACUUM", "ANALYZE":
            fails(sql, lambda sql=sql: connection.execute(text(sql)), "unsupported statement")
        fails("ATTACH", lambda: connection.execute(text("ATTACH 'other.db' AS other")), "ATTACH is not allowed")
        inserted = connection.execute(Tag.__table__.insert(), {"name": "limits"})
        same("lastrowid", inserted.lastrowid, None)
        same("inserted_primary_key", type(inserted.inserted_primary_key[0]), int)
        same("returns_rows after an INSERT", inserted.returns_rows, True)
        connection.rollback()
    with Session(engine) as session:
        fails("an infinity", lambda: session.scalar(text("SELECT :x"), {"x": float("inf")}), "value is missing")
        session.rollback()
        session.add(Author(name="after it"))
        session.rollback()
