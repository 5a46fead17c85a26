"""SQLAlchemy's compliance suite for dialects; conftest.py says where it runs, known_failures.txt what fails."""

from sqlalchemy.testing.suite import *  # noqa: F403
