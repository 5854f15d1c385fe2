"""``manifest.toml`` of a pack."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from studio.domain.errors import UserError

PACK_ID = re.compile(r"[a-z][a-z0-9_]*\Z")


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The manifest's keys.

    ``extra`` is the optional extra of the pack's distribution that brings its libraries, ``requires`` the top-level
    modules that must be importable, ``permissions`` what the pack asks of a sandbox.
    """

    id: str
    title: str
    category: str
    description: str
    owners: tuple[str, ...]
    extra: str | None = None
    requires: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the pack in ``folder``.

    Raises:
        UserError: It cannot be read, is not TOML, lacks a key or has one too many, or names another pack.
    """
    path = folder / "manifest.toml"
    try:
        manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise UserError(
            "catalog.bad_manifest", "The manifest {file} cannot be used: {reason}.", file=str(path), reason=str(error)
        ) from error
    if manifest.id != folder.name or not PACK_ID.match(manifest.id):
        raise UserError(
            "catalog.pack_name",
            "The pack in folder {folder} says that its id is {id}; both must be the same, of a-z, 0-9 and _.",
            folder=str(folder),
            id=manifest.id,
        )
    return manifest
