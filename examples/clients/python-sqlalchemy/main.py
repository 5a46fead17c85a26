"""Users and their balances with SQLAlchemy's ORM: a mapped class, sessions, a transfer, a check."""

import os
import sys
from urllib.parse import urlsplit

from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

BASE = os.environ.get("QUICSQL_URL", "http://127.0.0.1:7775").rstrip("/")
TOKEN = os.environ.get("QUICSQL_TOKEN", "dev-token")
DATABASE = os.environ.get("QUICSQL_DATABASE", "app")

EXPECTED = "ada=70,bob=130"


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users_sqlalchemy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    balance: Mapped[int]


def engine_url() -> str:
    """http://host:7775 becomes sqlite+libsql://host:7775/app; the dialect wants to be told when it is https."""
    parts = urlsplit(BASE)
    secure = "?secure=true" if parts.scheme == "https" else ""
    return f"sqlite+libsql://{parts.netloc}{parts.path}/{DATABASE}{secure}"


def main() -> int:
    engine = create_engine(engine_url(), connect_args={"auth_token": TOKEN})
    Base.metadata.create_all(engine)

    with Session(engine) as session:
        session.execute(delete(User))
        session.add_all([User(name="ada", balance=100), User(name="bob", balance=100)])
        session.commit()

    # A session is one transaction until it is committed: both halves of the transfer, or neither.
    with Session(engine) as session:
        ada = session.scalars(select(User).where(User.name == "ada")).one()
        bob = session.scalars(select(User).where(User.name == "bob")).one()
        ada.balance -= 30
        bob.balance += 30
        session.commit()

    with Session(engine) as session:
        users = session.scalars(select(User).order_by(User.name)).all()
        found = ",".join(f"{user.name}={user.balance}" for user in users)
    engine.dispose()

    if found != EXPECTED:
        print(f"python-sqlalchemy: expected {EXPECTED}, found {found}", file=sys.stderr)
        return 1
    print(f"OK python-sqlalchemy {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
