"""SQLAlchemy's ORM and Core against the server, deeper than the example."""

from datetime import datetime
from decimal import Decimal
from typing import List, Optional
from urllib.parse import urlsplit

import libsql_experimental
from sqlalchemy import ForeignKey, LargeBinary, MetaData, String, Table, create_engine, func, insert, inspect, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from checks import BASE, DATABASE, TOKEN, fails, holds, same

# SQLAlchemy wraps what goes into a LargeBinary column in the driver's Binary, and this driver has none.
libsql_experimental.Binary = bytes

engine = create_engine(
    f"sqlite+libsql://{urlsplit(BASE).netloc}/{DATABASE}", connect_args={"auth_token": TOKEN}, pool_size=5
)


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "orm_authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    born: Mapped[Optional[datetime]]
    fee: Mapped[Optional[Decimal]]
    picture: Mapped[Optional[bytes]] = mapped_column(LargeBinary)
    books: Mapped[List["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan", order_by="Book.title")


class Book(Base):
    __tablename__ = "orm_books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("orm_authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
Base.metadata.create_all(engine)  # There already: asks, and makes nothing.

# What the inspector sees.
inspector = inspect(engine)
holds({"orm_authors", "orm_books"} <= set(inspector.get_table_names()), "the tables are listed")
same([column["name"] for column in inspector.get_columns("orm_books")], ["id", "title", "author_id"], "columns")
same(inspector.get_pk_constraint("orm_books")["constrained_columns"], ["id"], "primary key")
same(inspector.get_foreign_keys("orm_books")[0]["referred_table"], "orm_authors", "foreign key")
same([index["name"] for index in inspector.get_indexes("orm_books")], ["ix_orm_books_title"], "indexes")
same(inspector.get_unique_constraints("orm_authors")[0]["column_names"], ["name"], "unique constraint")
same(inspector.has_table("orm_missing"), False, "a missing table")

# Relationships, loading, types.
picture = bytes(range(256)) * 300
with Session(engine) as session:
    ada = Author(name="ada", born=datetime(1815, 12, 10, 1, 2, 3, 456789), fee=Decimal("12.50"), picture=picture)
    ada.books = [Book(title="Notes"), Book(title="Letters 👍")]
    session.add_all([ada, Author(name="bob", picture=b"")])
    session.commit()
    holds(ada.id > 0, "the key came back")
with Session(engine) as session:
    ada = session.scalars(select(Author).where(Author.name == "ada").options(selectinload(Author.books))).one()
    same([book.title for book in ada.books], ["Letters 👍", "Notes"], "the relationship")
    same(ada.born, datetime(1815, 12, 10, 1, 2, 3, 456789), "date and time")
    same(ada.fee, Decimal("12.50").quantize(Decimal("1.0000000000")), "decimal")
    same(ada.picture, picture, "large binary")
    same(session.scalars(select(Author.picture).where(Author.name == "bob")).one(), b"", "empty binary")
    same(session.scalars(select(Book).join(Book.author).where(Author.name == "ada").limit(1)).one().author.name, "ada", "join")

# rollback().
with Session(engine) as session:
    session.add(Author(name="never"))
    session.flush()
    same(session.scalar(select(func.count()).select_from(Author)), 3, "within the transaction")
    session.rollback()
    same(session.scalar(select(func.count()).select_from(Author)), 2, "after rollback()")

# An error, and the session afterwards.
with Session(engine) as session:
    session.add(Author(name="ada"))
    fails(session.flush, "UNIQUE constraint failed: orm_authors.name")
    session.rollback()
    session.add(Author(name="carol"))
    session.commit()
with Session(engine) as session:
    fails(lambda: session.execute(text("SELECT * FROM orm_missing")), "no such table: orm_missing")
    session.rollback()
    fails(lambda: session.execute(text("SELEKT 1")), "syntax error")
    session.rollback()
    same(session.scalar(select(func.count()).select_from(Author)), 3, "after errors")

# A foreign key is enforced.
with Session(engine) as session:
    session.add(Book(title="orphan", author_id=4711))
    fails(session.commit, "FOREIGN KEY constraint failed")
    session.rollback()
    same(session.scalar(select(func.count()).select_from(Book)), 2, "no orphan")

# Savepoints. Like pysqlite, this dialect begins a transaction before INSERT, UPDATE and DELETE only, so the first
# statement here is one of those.
with Session(engine) as session:
    session.add(Author(name="dan"))
    session.flush()
    try:
        with session.begin_nested():
            session.add(Author(name="dan"))
            session.flush()
        raise AssertionError("the second dan must fail")
    except AssertionError:
        raise
    except Exception as error:
        holds("UNIQUE constraint failed" in str(error), f"another error: {error}")
    with session.begin_nested():
        session.add(Author(name="eve"))
    undone = session.begin_nested()
    session.add(Author(name="undone"))
    session.flush()
    undone.rollback()
    session.commit()
with Session(engine) as session:
    names = session.scalars(select(Author.name).order_by(Author.name)).all()
    same(names, ["ada", "bob", "carol", "dan", "eve"], "after savepoints")

# Bulk insert, update, delete.
with Session(engine) as session:
    author = session.scalars(select(Author.id).where(Author.name == "bob")).one()
    session.execute(insert(Book), [{"title": f"bulk {i:04}", "author_id": author} for i in range(500)])
    titles = session.scalars(insert(Book).returning(Book.title), [{"title": f"r {i}", "author_id": author} for i in range(3)])
    same(sorted(titles.all()), ["r 0", "r 1", "r 2"], "INSERT RETURNING")
    session.add_all([Book(title=f"unit {i:04}", author_id=author) for i in range(100)])
    session.commit()
    same(session.scalar(select(func.count()).where(Book.title.like("bulk%"))), 500, "bulk insert")
    changed = session.execute(update(Book).where(Book.title.like("bulk%")).values(title=func.upper(Book.title)))
    same(changed.rowcount, 500, "rowcount of an UPDATE")
    session.commit()
    session.delete(session.get(Author, author))
    session.commit()
    same(session.scalar(select(func.count()).select_from(Book)), 2, "the cascade took the books")

# Core: parameters by name, many rows, a transaction block, a block that fails.
with engine.begin() as connection:
    connection.execute(text("DROP TABLE IF EXISTS orm_core"))
    connection.execute(text("CREATE TABLE orm_core (a INTEGER, b TEXT)"))
    connection.execute(text("INSERT INTO orm_core VALUES (:a, :b)"), [{"a": i, "b": f"b{i}"} for i in range(50)])
with engine.connect() as connection:
    same(connection.execute(text("SELECT b FROM orm_core WHERE a = :a"), {"a": 7}).scalar(), "b7", "parameter by name")
    rows = connection.execute(text("SELECT a, b FROM orm_core ORDER BY a LIMIT 2")).mappings().all()
    same([dict(row) for row in rows], [{"a": 0, "b": "b0"}, {"a": 1, "b": "b1"}], "mappings")


def failing_block():
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM orm_core"))
        connection.execute(text("INSERT INTO orm_core VALUES (1)"))


fails(failing_block, "table orm_core has 2 columns but 1 values were supplied")
with engine.connect() as connection:
    same(connection.execute(text("SELECT count(*) FROM orm_core")).scalar(), 50, "the failed block did nothing")

# Reflection.
reflected = Table("orm_books", MetaData(), autoload_with=engine)
same(sorted(reflected.columns.keys()), ["author_id", "id", "title"], "reflected columns")
holds(len(reflected.foreign_keys) == 1, "reflected foreign key")
Base.metadata.drop_all(engine)
same(inspect(engine).has_table("orm_books"), False, "after drop_all")
engine.dispose()

print("OK sqlalchemy_orm")
