"""Backups: one file with a consistent copy of database, blobs and files of nodes, taken while the engine works.

What the store keeps is as sealed in it as there; files of nodes are as they lie in the data folder, in clear. The
master key is not in it: export the keys apart.
"""

from studio.storage.backup._facts import BackupFacts
from studio.storage.backup._run import backup, restore

__all__ = ["BackupFacts", "backup", "restore"]
