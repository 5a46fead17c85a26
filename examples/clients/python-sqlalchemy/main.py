"""Users and their balances with SQLAlchemy's ORM: a mapped class, sessions, a transfer, one that is rolled back."""

# snippet:connect
import os
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")


def make_engine(**options):
    """http://host:7775 becomes sqlite+libsql://host:7775/app; the dialect wants to be told when it is https."""
    parts = urlsplit(BASE)
    secure = "?secure=true" if parts.scheme == "https" else ""
    return create_engine(
        f"sqlite+libsql://{parts.netloc}{parts.path}/{DATABASE}{secure}",
        connect_args={"auth_token": TOKEN, **options},
    )
# snippet:end


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users_python_sqlalchemy"
    __table_args__ = (CheckConstraint("balance >= 0"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    balance: Mapped[int]


# snippet:transaction
def transfer(engine, giver: str, taker: str, amount: int) -> None:
    # One transaction: committed at the end, rolled back on an exception.
    with Session(engine) as session, session.begin():
        session.scalars(select(User).where(User.name == taker)).one().balance += amount
        session.flush()
        session.scalars(select(User).where(User.name == giver)).one().balance -= amount
# snippet:end


def main() -> str:
    engine = make_engine()
    Base.metadata.create_all(engine)

    with Session(engine) as session:
        session.execute(delete(User))
        session.add_all([User(name="ada", balance=100), User(name="bob", balance=100)])
        session.commit()

    transfer(engine, "ada", "bob", 30)

    # snippet:errors
    try:
        # More than ada has: the first half is rolled back with the second.
        transfer(engine, "ada", "bob", 1000)
    except ValueError as error:
        print(f"not transferred: {error}")
    # snippet:end

    with Session(engine) as session:
        users = session.scalars(select(User).order_by(User.name)).all()
        found = ",".join(f"{user.name}={user.balance}" for user in users)
    engine.dispose()
    return found


if __name__ == "__main__":
    print(main())
