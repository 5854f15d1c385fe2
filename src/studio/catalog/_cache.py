"""The index on disk: one file per set of places, written atomically, and never trusted blindly."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from studio.catalog._discover import Place
from studio.catalog._facts import PackFacts


class PackIndex(msgspec.Struct, array_like=True):
    """What is kept of a pack. Facts of nodes stay packed until somebody asks for them.

    ``folder_time`` is the folder's modification time, ``files`` a fingerprint of names, sizes and times of its files.
    A pack is ``settled`` where its newest file was old enough when it was read that a later change must show in its
    time (clocks of file systems tick in milliseconds).
    """

    folder: str
    module: str
    install: str
    folder_time: int
    files: bytes
    settled: bool
    facts: PackFacts
    nodes: dict[str, msgspec.Raw]


class Index(msgspec.Struct, array_like=True):
    """The whole index. ``reader`` tells by which state of this package the files were read."""

    reader: bytes
    environment: bytes
    installed: list[Place]
    packs: list[PackIndex]


_DECODER = msgspec.msgpack.Decoder(Index)
_ENCODER = msgspec.msgpack.Encoder()


def default_folder() -> Path | None:
    """``STUDIO_CACHE``, else ``~/.cache/studio``; None where there is no home."""
    named = os.environ.get("STUDIO_CACHE")
    if named:
        return Path(named)
    try:
        return Path.home() / ".cache" / "studio"
    except RuntimeError:
        return None


def index_file(folder: Path, places: Sequence[Place]) -> Path:
    """The index of these places."""
    key = hashlib.blake2b(msgspec.msgpack.encode(list(places)), digest_size=8).hexdigest()
    return folder / f"catalog-{key}.msgpack"


def read_index(file: Path) -> Index | None:
    """The index in ``file``; None where there is none, or it is damaged or of another version of this package."""
    try:
        index = _DECODER.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return index if index.reader == reader_state() else None


def reader_state() -> bytes:
    """Changes whenever the code that reads packs does."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in os.scandir(Path(__file__).parent):
        if entry.name.endswith(".py"):
            fact = entry.stat()
            digest.update(f"{entry.name}\0{fact.st_size}\0{fact.st_mtime_ns}\0".encode())
    return digest.digest()


def write_index(file: Path, index: Index) -> None:
    """Write it in place of an older one. A folder that cannot be written is no reason to fail: it is only a cache."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = file.with_name(f"{file.name}.{os.getpid()}.{time.monotonic_ns()}")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(_ENCODER.encode(index))
            os.replace(temporary, file)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
