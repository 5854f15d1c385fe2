"""The file: a tar in zstd. The manifest stands first, so that everything after it is bounded; digests stand last."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
import zstandard

from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.storage.backup._facts import DIGESTS, MANIFEST, MAX_MANIFEST, Manifest, not_a_backup, read_manifest
from studio.storage.backup._folder import FOLDER, place

_PIECE = 1024 * 1024
_LATEST = 1 << 33
_MAX_WINDOW = 128 * 1024 * 1024


def write_archive(target: Path, manifest: Manifest, source: Callable[[str], Path]) -> None:
    """Write an archive; whole or absent.

    Args:
        target: Where to; must not exist.
        manifest: What it holds.
        source: The file of a member.

    Raises:
        UserError: The target exists.
        OSError: It cannot be written.
    """
    if target.exists():
        raise UserError("storage.backup_exists", "{path} exists already.", path=str(target))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with (
                zstandard.ZstdCompressor(level=1).stream_writer(file, closefd=False) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                _add(tar, MANIFEST, io.BytesIO(msgspec.json.encode(manifest)))
                digests: dict[str, str] = {}
                for name, size in manifest.members:
                    with source(name).open("rb") as member:
                        digests[name] = _add(tar, name, member, size)
                _add(tar, DIGESTS, io.BytesIO(msgspec.json.encode(digests)))
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


class _Digesting(io.RawIOBase):
    """Reads another file and digests what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int | None = None) -> str:
    info = tarfile.TarInfo(name)
    info.size = size if size is not None else file.seek(0, io.SEEK_END)
    info.mode = 0o600
    if name.startswith(f"{FOLDER}/"):
        info.mtime = os.fstat(file.fileno()).st_mtime
    file.seek(0)
    reader: Any = _Digesting(file)
    tar.addfile(info, reader)
    return reader.digest.hexdigest()


@contextmanager
def opened_archive(path: Path) -> Generator[tuple[Manifest, Callable[[Path], None]]]:
    """The manifest of an archive, and what unpacks it into a folder.

    Unpacking writes the members that the manifest names and nothing else, no more bytes than it says, and checks every
    digest at the end.

    Raises:
        UserError: It is no backup, or damaged.
        OSError: It cannot be read.
    """
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(file) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            members = iter(tar)
            manifest = read_manifest(_small(tar, members, MANIFEST, MAX_MANIFEST))
            yield manifest, lambda folder: _unpack(tar, members, manifest, folder)
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise not_a_backup(Phrase("backup.cut", "it is damaged or cut short")) from error


def _next(members: Iterator[tarfile.TarInfo], name: str) -> tarfile.TarInfo:
    info = next(members, None)
    if info is None or info.name != name or not info.isreg():
        raise not_a_backup(Phrase("backup.order", "{name} is not where it belongs", name=name))
    return info


def _small(tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo], name: str, limit: int) -> bytes:
    info = _next(members, name)
    file = tar.extractfile(info) if info.size <= limit else None
    if file is None:
        raise not_a_backup(Phrase("backup.too_large", "{name} is too large", name=name))
    return file.read(limit)


def _unpack(tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo], manifest: Manifest, folder: Path) -> None:
    found: dict[str, str] = {}
    for name in manifest.folders:
        place(folder, name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, size in manifest.members:
        info = _next(members, name)
        file = tar.extractfile(info)
        if info.size != size or file is None:
            raise not_a_backup(Phrase("backup.size", "{name} has another size than it should", name=name))
        target = place(folder, name)
        found[name] = _write(file, target)
        if name.startswith(f"{FOLDER}/") and 0 <= info.mtime < _LATEST:
            os.utime(target, (info.mtime, info.mtime))
    try:
        digests: Mapping[str, str] = msgspec.json.decode(
            _small(tar, members, DIGESTS, MAX_MANIFEST), type=dict[str, str]
        )
    except msgspec.DecodeError as error:
        raise not_a_backup(Phrase("backup.digests", "its digests cannot be read")) from error
    for name, digest in found.items():
        if digests.get(name) != digest:
            raise not_a_backup(Phrase("backup.damaged", "{name} is damaged", name=name))


def _write(source: IO[bytes], target: Path) -> str:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := source.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
