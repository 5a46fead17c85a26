"""Sessions, relationships, constraints, savepoints, many rows at once."""

from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from check import fails, same
from library import Author, Base, Book, Tag


def check(engine, savepoint_engine) -> None:
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    relationships(engine)
    sessions(engine)
    constraints(engine)
    savepoints(engine, savepoint_engine)
    many_rows(engine)


def relationships(engine) -> None:
    with Session(engine) as session:
        logic, letters = Tag(name="logic"), Tag(name="letters")
        ada = Author(name="ada")
        ada.books = [Book(title="Notes", tags=[logic, letters]), Book(title="Letters 👍", tags=[letters])]
        session.add_all([ada, Author(name="bob", books=[Book(title="Poems")])])
        session.commit()
        same("generated keys", (ada.id, [book.id for book in ada.books]), (1, [2, 1]))

    # snippet:loading
    with Session(engine) as session:
        # Lazy: one more request for each list that is looked at.
        ada = session.scalars(select(Author).where(Author.name == "ada")).one()
        titles = [book.title for book in ada.books]

        # Eager: all books and tags of all authors by two more requests, or by a join.
        authors = session.scalars(select(Author).options(selectinload(Author.books).selectinload(Book.tags))).all()
        books = session.scalars(select(Book).options(joinedload(Book.author)).order_by(Book.id)).all()
    # snippet:end
    same("lazy", titles, ["Letters 👍", "Notes"])
    # Outside of the session nothing more can be loaded, so these were.
    tags = {book.title: [tag.name for tag in book.tags] for author in authors for book in author.books}
    same("many to many", tags, {"Letters 👍": ["letters"], "Notes": ["letters", "logic"], "Poems": []})
    same("joined", [book.author.name for book in books], ["ada", "ada", "bob"])

    with Session(engine) as session:
        join = select(Author.name, func.count()).join(Author.books).group_by(Author.name).order_by(Author.name)
        same("join and group", [tuple(row) for row in session.execute(join)], [("ada", 2), ("bob", 1)])
        tagged = select(Book.title).join(Book.tags).where(Tag.name == "letters").order_by(Book.title)
        same("join over the table between", session.scalars(tagged).all(), ["Letters 👍", "Notes"])
        ada = session.scalars(select(Author).where(Author.name == "ada")).one()
        ada.books.remove(ada.books[0])
        session.commit()
        same("an orphan is deleted", session.scalar(select(func.count()).select_from(Book)), 2)
        session.delete(ada)
        session.commit()
        same("the cascade", session.scalars(select(Book.title)).all(), ["Poems"])
        same("the table between", session.scalar(select(func.count()).select_from(Tag).join(Tag.books)), 0)


def sessions(engine) -> None:
    with Session(engine) as session:
        session.add(Author(name="never"))
        session.flush()
        same("within", session.scalar(select(func.count()).select_from(Author)), 2)
        session.rollback()
        same("after rollback()", session.scalar(select(func.count()).select_from(Author)), 1)
        bob = session.scalars(select(Author)).one()
        bob.name = "robert"
        session.commit()
        same("an update, read anew", bob.name, "robert")
    with Session(engine) as one, Session(engine) as two:
        one.scalars(select(Author)).one().name = "bob"
        one.flush()
        same("the other session, before", two.scalars(select(Author.name)).one(), "robert")
        one.commit()
        same("the other session, after", two.scalars(select(Author.name)).one(), "bob")


def constraints(engine) -> None:
    with Session(engine) as session:
        session.add(Author(name="bob"))
        # snippet:integrity
        try:
            session.flush()
        except ValueError as error:
            # Not sqlalchemy.exc.IntegrityError: the text alone says what it was.
            session.rollback()
            taken = "UNIQUE constraint failed: sa_authors.name" in str(error)
        # snippet:end
        same("a name that is taken", taken, True)

        def add(thing):
            session.add(thing)
            session.flush()

        fails("NOT NULL", lambda: add(Author(name=None)), "NOT NULL constraint failed: sa_authors.name")
        session.rollback()
        fails("a foreign key", lambda: add(Book(title="orphan", author_id=4711)), "FOREIGN KEY constraint failed")
        session.rollback()
        add(Book(title="Odes", author_id=2))
        twice = Book(title="Odes", author_id=2)
        fails("UNIQUE over two", lambda: add(twice), "UNIQUE constraint failed: sa_books.author_id")
        session.rollback()
        add(Author(name="carol"))
        session.commit()
        same("the session goes on", session.scalars(select(Author.name).order_by(Author.name)).all(), ["bob", "carol"])


def savepoints(engine, savepoint_engine) -> None:
    def names(session) -> str:
        return ",".join(session.scalars(select(Author.name).order_by(Author.name)))

    # After a change a savepoint works with any engine.
    with Session(engine) as session:
        session.add(Author(name="dan"))
        session.flush()
        with session.begin_nested():
            session.add(Author(name="eve"))
        undone = session.begin_nested()
        session.add(Author(name="undone"))
        session.flush()
        undone.rollback()
        session.commit()
        same("savepoints after a change", names(session), "bob,carol,dan,eve")

    # As the first of a transaction it is lost with the default engine, see docs/clients/python-sqlalchemy.md …
    def first():
        with Session(engine) as session, session.begin_nested():
            session.add(Author(name="lost"))

    fails("a savepoint that comes first", first, "no such savepoint: sa_savepoint_1")
    with Session(engine) as session:
        same("what was done in it", names(session), "bob,carol,dan,eve,lost")
        session.execute(delete(Author).where(Author.name == "lost"))
        session.commit()

    # … and works with one that begins every transaction itself.
    # snippet:savepoints
    with Session(savepoint_engine) as session:
        for name in "fay", "fay", "gus":
            try:
                with session.begin_nested():
                    session.add(Author(name=name))
            except ValueError:
                # Only this one insert was taken back.
                continue
        session.commit()
        # snippet:end
        same("savepoints that come first", names(session), "bob,carol,dan,eve,fay,gus")


def many_rows(engine) -> None:
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    with Session(engine) as session:
        bob = session.scalars(select(Author.id).where(Author.name == "bob")).one()
        # snippet:bulk
        # Many rows in one statement, and so in one request.
        rows = [{"title": f"bulk {i:04}", "author_id": bob} for i in range(500)]
        session.execute(insert(Book).values(rows))

        # RETURNING is sent for many rows at a time as well, as long as their order does not matter.
        new = [{"title": f"returned {i:02}", "author_id": bob} for i in range(50)]
        titles = session.scalars(insert(Book).returning(Book.title), new).all()

        # Plain rows go by the driver's executemany and added objects with RETURNING: each by itself.
        session.execute(insert(Book), [{"title": f"single {i:02}", "author_id": bob} for i in range(20)])
        session.add_all([Book(title=f"unit {i:02}", author_id=bob) for i in range(20)])
        session.flush()
        # snippet:end
        same("RETURNING", sorted(titles), [row["title"] for row in new])
        same("statements", len([statement for statement in sent if statement.startswith("INSERT")]), 23)
        session.commit()
        same("rows", session.scalar(select(func.count()).select_from(Book).where(Book.author_id == bob)), 591)
        changed = session.execute(update(Book).where(Book.title.like("bulk%")).values(title=func.upper(Book.title)))
        same("rowcount of an UPDATE", changed.rowcount, 500)
        same("rowcount of a DELETE", session.execute(delete(Book).where(Book.title.like("BULK%"))).rowcount, 500)
        session.commit()
        series = select(func.json_each("[" + ",".join(map(str, range(10_000))) + "]").table_valued("value"))
        same("10,000 rows", [row[0] for row in session.execute(series)], list(range(10_000)))
