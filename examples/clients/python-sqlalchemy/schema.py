"""Reflection, and DDL as a migration runs it."""

from sqlalchemy import Column, Integer, MetaData, Table, inspect, text
from sqlalchemy.schema import CreateTable

from check import fails, same
from library import Base


def check(engine) -> None:
    inspector = inspect(engine)
    mine = {name for name in inspector.get_table_names() if name.startswith("sa_")}
    same("tables", mine, set(Base.metadata.tables))
    same("columns", [column["name"] for column in inspector.get_columns("sa_books")], ["id", "title", "author_id"])
    same("primary key", inspector.get_pk_constraint("sa_book_tags")["constrained_columns"], ["book_id", "tag_id"])
    foreign = {key["referred_table"]: key["options"] for key in inspector.get_foreign_keys("sa_book_tags")}
    same("foreign keys", foreign, {"sa_books": {"ondelete": "CASCADE"}, "sa_tags": {}})
    same("indexes", [index["name"] for index in inspector.get_indexes("sa_books")], ["ix_sa_books_title"])
    unique = inspector.get_unique_constraints("sa_books")
    same("unique constraint", (unique[0]["name"], unique[0]["column_names"]), ("uq_sa_books", ["author_id", "title"]))
    same("a missing table", inspector.has_table("sa_missing"), False)
    reflected = Table("sa_books", MetaData(), autoload_with=engine)
    same("a reflected table", sorted(reflected.columns.keys()), ["author_id", "id", "title"])
    same("its foreign keys", [key.target_fullname for key in reflected.foreign_keys], ["sa_authors.id"])

    # What a migration does: DDL takes part in a transaction once one is open, and is rolled back with it.
    table = Table("sa_migrated", MetaData(), Column("id", Integer, primary_key=True))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS sa_migrated"))
        connection.execute(CreateTable(table))
        connection.execute(text("ALTER TABLE sa_migrated ADD COLUMN name TEXT DEFAULT 'none'"))
        connection.execute(text("ALTER TABLE sa_migrated RENAME COLUMN name TO title"))
        connection.execute(text("CREATE INDEX ix_sa_migrated ON sa_migrated (title)"))
        connection.execute(text("CREATE VIEW IF NOT EXISTS sa_view AS SELECT title FROM sa_migrated"))
    same("altered", [column["name"] for column in inspect(engine).get_columns("sa_migrated")], ["id", "title"])
    same("view", "sa_view" in inspect(engine).get_view_names(), True)

    def failing():
        with engine.begin() as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            connection.execute(text("ALTER TABLE sa_migrated DROP COLUMN title"))

    fails("a column that an index needs", failing, "error in index ix_sa_migrated after drop column")
    with engine.begin() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        connection.execute(text("DROP VIEW sa_view"))
        connection.execute(text("DROP TABLE sa_migrated"))
        connection.rollback()
    same("DDL that was rolled back", inspect(engine).has_table("sa_migrated"), True)
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW sa_view"))
        connection.execute(text("DROP TABLE sa_migrated"))
    same("and then committed", inspect(engine).has_table("sa_migrated"), False)
