"""Bringing a database from one revision to another.

Alembic knows the revisions and renders their SQL; our own drivers carry it out, all of it in one transaction. So an
interrupted migration has not happened, a second SQLite library never touches the file, and no further Postgres driver
is needed. The price: a migration is SQL, and cannot look at rows in Python.
"""

from studio.storage._schema import REVISION
from studio.storage.migrations._run import current, migrate

__all__ = ["REVISION", "current", "migrate"]
