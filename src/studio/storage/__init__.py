"""Executions, journal and blobs in SQLite or Postgres, behind the contracts.

Importing this is light: a database's library is loaded when a store of its kind is opened.
"""

from studio.storage.lock import EngineLock, folder_id
from studio.storage.open import Opened, open_store
from studio.storage.store import SqlStore

__all__ = ["EngineLock", "Opened", "SqlStore", "folder_id", "open_store"]
