"""SQLite through apsw: one library per process, one thread that writes, a few that read."""

from studio.storage.sqlite._connect import Opening, database_path, inspect
from studio.storage.sqlite.driver import SqliteDriver

__all__ = ["Opening", "SqliteDriver", "database_path", "inspect"]
