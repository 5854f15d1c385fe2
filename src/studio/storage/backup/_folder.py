"""The files that nodes keep in the data folder, one folder per workspace, as part of a backup.

They are copied after the database was: what a node has written stands on disk before its result is committed, so that
every file that the database knows of is there, perhaps as it became a moment later.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from studio.domain.errors import Conflict

FOLDER = "files"
"""The folder in the data folder, and in front of the names of members."""
_PART = ".part"


class Kept(NamedTuple):
    """Members with sizes in bytes, and the names of all folders. In names, bytes that are not plain are written %XX."""

    members: list[tuple[str, int]]
    folders: list[str]


def copy_files(data: Path, staging: Path) -> Kept:
    """Copy everything in the folder; links and what is no file are left out, and so is what is just being written.

    Args:
        data: The data folder.
        staging: Where ``files`` is made.
    """
    kept = Kept([], [])
    source = os.fsencode(data / FOLDER)
    if os.path.isdir(source) and not os.path.islink(source):
        _copy_folder(source, os.fsencode(staging / FOLDER), FOLDER, kept)
    return kept


def _copy_folder(source: bytes, target: bytes, name: str, kept: Kept) -> None:
    os.makedirs(target, 0o700)
    kept.folders.append(name)
    try:
        entries = sorted(os.scandir(source), key=lambda entry: entry.name)
    except FileNotFoundError:
        return  # removed meanwhile
    for entry in entries:
        inner = f"{name}/{quote_from_bytes(entry.name, safe='')}"
        if entry.is_dir(follow_symlinks=False):
            _copy_folder(entry.path, os.path.join(target, entry.name), inner, kept)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(_PART.encode()):
            size = _copy_file(entry.path, os.path.join(target, entry.name))
            if size is not None:
                kept.members.append((inner, size))


def _copy_file(source: bytes, target: bytes) -> int | None:
    """Copy a file as it is now; its size, None where it was removed or replaced by something else meanwhile."""
    try:
        handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        if os.path.isfile(source) and not os.path.islink(source):
            raise  # it is there and cannot be read: a backup without it would be none
        return None
    with os.fdopen(handle, "rb") as reading:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            return None
        with open(target, "xb") as writing:
            shutil.copyfileobj(reading, writing, 1024 * 1024)
            size = writing.tell()
    os.utime(target, ns=(facts.st_mtime_ns, facts.st_mtime_ns))
    return size


def is_name(name: str) -> bool:
    """Whether a member of that name lies in the folder, and nowhere else."""
    first, *parts = name.split("/")
    plain = [unquote_to_bytes(part) for part in parts]
    return (
        first == FOLDER
        and all(quote_from_bytes(part, safe="") == given for part, given in zip(plain, parts, strict=True))
        and not any(part in (b"", b".", b"..") or b"/" in part or b"\0" in part for part in plain)
    )


def place(folder: Path, name: str) -> Path:
    """Where a member lies below a folder."""
    return folder.joinpath(*(os.fsdecode(unquote_to_bytes(part)) for part in name.split("/")))


def check_free(data: Path) -> None:
    """Refuse to restore where nodes have files already.

    Raises:
        Conflict: There are some.
    """
    folder = data / FOLDER
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("storage.restore_target", "{path} is not empty; restore into a new folder.", path=str(folder))


def move_files(staging: Path, data: Path) -> None:
    """Put the unpacked files in their place, all at once."""
    if (staging / FOLDER).is_dir():
        (staging / FOLDER).rename(data / FOLDER)
