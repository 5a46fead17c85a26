"""The mapped classes that the checks use: authors, their books, and the tags of books."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any, List, Optional

# snippet:binary
import libsql_experimental

# SQLAlchemy wraps what goes into a LargeBinary column in the driver's Binary, and this driver has none. Say so once.
libsql_experimental.Binary = bytes
# snippet:end

from sqlalchemy import JSON, BigInteger, Column, Enum, ForeignKey, LargeBinary, Numeric, String, Table, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Genre(enum.Enum):
    NOVEL = "novel"
    POEM = "poem"


# snippet:models
book_tags = Table(
    "sa_book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("sa_books.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("sa_tags.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "sa_authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    # One to many: who leaves the list, or whose author is deleted, is deleted.
    books: Mapped[List["Book"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", order_by="Book.title"
    )


class Book(Base):
    __tablename__ = "sa_books"
    __table_args__ = (UniqueConstraint("author_id", "title", name="uq_sa_books"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("sa_authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    # Many to many.
    tags: Mapped[List["Tag"]] = relationship(secondary=book_tags, back_populates="books", order_by="Tag.name")


class Tag(Base):
    __tablename__ = "sa_tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    books: Mapped[List[Book]] = relationship(secondary=book_tags, back_populates="tags")
# snippet:end


class Everything(Base):
    """A column of each type."""

    __tablename__ = "sa_everything"

    id: Mapped[int] = mapped_column(primary_key=True)
    big: Mapped[Optional[int]] = mapped_column(BigInteger)
    real: Mapped[Optional[float]]
    flag: Mapped[Optional[bool]]
    text: Mapped[Optional[str]]
    blob: Mapped[Optional[bytes]] = mapped_column(LargeBinary)
    moment: Mapped[Optional[datetime]]
    day: Mapped[Optional[date]]
    document: Mapped[Optional[Any]] = mapped_column(JSON)
    genre: Mapped[Optional[Genre]] = mapped_column(Enum(Genre))
    money: Mapped[Optional[Decimal]] = mapped_column(Numeric(12, 2))
