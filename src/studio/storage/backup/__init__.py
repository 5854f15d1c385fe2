"""Backups: one file with a consistent copy of the database and its blobs, taken while the engine works.

Everything in it is as sealed as in the store. The master key is not in it: export the keys apart.
"""

from studio.storage.backup._facts import BackupFacts
from studio.storage.backup._run import backup, restore

__all__ = ["BackupFacts", "backup", "restore"]
