"""Executions, journal and blobs in SQLite or Postgres, behind the contracts.

Importing this is light: a database's library is loaded when a store of its kind is opened. Migrations and backups have
packages of their own, ``studio.storage.migrations`` and ``studio.storage.backup``.
"""

from studio.storage._opened import Opened
from studio.storage.keys import rotate_master_file
from studio.storage.lock import EngineLock, folder_id
from studio.storage.open import open_store
from studio.storage.retention import Cleaned, clean
from studio.storage.store import SqlStore

__all__ = ["Cleaned", "EngineLock", "Opened", "SqlStore", "clean", "folder_id", "open_store", "rotate_master_file"]
