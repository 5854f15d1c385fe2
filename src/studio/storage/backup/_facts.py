"""What stands first in an archive, and what is checked before anything is unpacked."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.storage.backup._folder import FOLDER, is_name

FORMAT = "studio-backup-1"
MANIFEST = "manifest.json"
DIGESTS = "digests.json"
MAX_MANIFEST = 256 * 1024 * 1024
_NAME = re.compile(r"(studio\.db|tables/[a-z_]{1,40}|blobs/[0-9a-z]{26})\Z")


class Manifest(msgspec.Struct, frozen=True):
    """Kind and members of an archive. ``members`` are names with sizes in bytes, in the order they stand in.

    ``columns`` names the columns of each table of a Postgres archive; ``missing`` are blobs that were gone already;
    ``folders`` are those that nodes keep files in.
    """

    format: str
    kind: str
    revision: str
    instance: str
    generation: int
    created_at: int
    members: tuple[tuple[str, int], ...]
    columns: dict[str, tuple[str, ...]] = {}
    missing: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all members together."""
        return sum(size for _, size in self.members)


class BackupFacts(NamedTuple):
    """What a backup holds. ``created_at`` in microseconds, ``bytes`` unpacked; ``missing_blobs`` were gone already.

    ``files`` are those that nodes wrote into the data folder.
    """

    kind: str
    revision: str
    created_at: int
    blobs: int
    bytes: int
    missing_blobs: tuple[str, ...]
    files: int = 0


def facts(manifest: Manifest) -> BackupFacts:
    """The short form of a manifest."""
    blobs = sum(name.startswith("blobs/") for name, _ in manifest.members)
    files = sum(name.startswith(f"{FOLDER}/") for name, _ in manifest.members)
    return BackupFacts(
        manifest.kind, manifest.revision, manifest.created_at, blobs, manifest.size, manifest.missing, files
    )


def read_manifest(content: bytes) -> Manifest:
    """Decode and check a manifest.

    Raises:
        UserError: It is none, or names members that no backup has.
    """
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise not_a_backup(Phrase("backup.manifest", "its manifest cannot be read")) from error
    names = [name for name, _ in manifest.members]
    if manifest.format != FORMAT or manifest.kind not in ("sqlite", "postgres"):
        raise not_a_backup(Phrase("backup.format", "its format is unknown"))
    allowed = all(_NAME.match(name) or is_name(name) for name in names) and all(map(is_name, manifest.folders))
    if len(set(names)) != len(names) or not allowed:
        raise not_a_backup(Phrase("backup.members", "it names members that no backup has"))
    if any(size < 0 for _, size in manifest.members):
        raise not_a_backup(Phrase("backup.sizes", "its sizes are impossible"))
    return manifest


THE_BACKUP = Phrase("backup.itself", "The backup")


def not_a_backup(reason: Phrase) -> UserError:
    """The error for an archive that is refused."""
    return UserError("storage.not_a_backup", "This is not a backup that can be restored: {reason}.", reason=reason)
