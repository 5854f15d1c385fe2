"""Pack folders on disk, and the index entry of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from studio.catalog._cache import PackIndex
from studio.catalog._discover import Place, missing_modules
from studio.catalog._facts import PackFacts, PackProblem

_SETTLED = 2_000_000_000
"""Nanoseconds after which a change cannot share a file's modification time, on any file system in use."""


def pack_folders(place: Place) -> Iterator[tuple[str, str, int]]:
    """Folder, module and modification time of each pack in a place, by name."""
    if os.path.isfile(os.path.join(place.folder, "manifest.toml")):
        yield place.folder, place.module, modified(place.folder)
        return
    try:
        entries = sorted(os.scandir(place.folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name[0] not in "._" and entry.is_dir():
            yield entry.path, f"{place.module}.{entry.name}", entry.stat().st_mtime_ns


def modified(folder: str) -> int:
    """Modification time of a folder in nanoseconds, 0 where there is none."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def fingerprint(folder: str) -> tuple[bytes, int]:
    """Digest over name, size and time of a pack's files, and the newest time; those of no folder where it is empty."""
    newest = 0
    lines: list[str] = []
    try:
        entries = list(os.scandir(folder)) if folder else []
    except OSError:
        entries = []
    for entry in entries:
        if entry.name.endswith((".py", ".toml")):
            with contextlib.suppress(OSError):  # a link that leads nowhere is found when the file is read
                fact = entry.stat()
                newest = max(newest, fact.st_mtime_ns)
                lines.append(f"{entry.name}\0{fact.st_size}\0{fact.st_mtime_ns}")
    return hashlib.blake2b("\n".join(sorted(lines)).encode(), digest_size=16).digest(), newest


def index_pack(folder: str, module: str, install: str) -> PackIndex | None:
    """Read a pack; None where the folder is none (no manifest)."""
    if not os.path.isfile(os.path.join(folder, "manifest.toml")):
        return None
    from studio.catalog._reader import read_pack  # ast and tomllib, needed only where the index is out of date

    started = time.time_ns()
    folder_time = modified(folder)
    files, newest = fingerprint(folder)
    facts, nodes = read_pack(Path(folder), module, install)
    return PackIndex(
        folder=folder,
        module=module,
        install=install,
        folder_time=folder_time,
        files=files,
        settled=max(newest, folder_time) < started - _SETTLED,
        facts=with_missing(facts),
        nodes={name: msgspec.Raw(msgspec.msgpack.encode(fact)) for name, fact in nodes.items()},
    )


def lost_pack(place: Place) -> PackIndex:
    """What stands for a pack that a distribution announces and that is not there: its problem."""
    problem = PackProblem(
        code="catalog.lost_pack",
        template="The distribution {distribution} announces a pack {module}, but there is no such package with a "
        "manifest.toml in it.",
        args={"distribution": place.announced, "module": place.module},
        file="entry_points.txt",
    )
    facts = PackFacts(id=place.module, module=place.module, problems=(problem,))
    return PackIndex("", place.module, place.install, 0, fingerprint("")[0], True, facts, {})


def with_missing(facts: PackFacts) -> PackFacts:
    """The facts with the required modules that this environment lacks."""
    missing = missing_modules(facts.requires)
    return facts if missing == facts.missing else msgspec.structs.replace(facts, missing=missing)
