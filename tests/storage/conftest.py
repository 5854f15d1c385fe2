"""Stores for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from studio.storage import Opened, SqlStore
from tests.storage.kit import Place


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A place of each kind in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    here = Place(url, tmp_path / "data")
    yield here
    await here.close()


@pytest.fixture
async def opened(place: Place) -> Opened:
    """A store of each kind in turn."""
    return await place.open()


@pytest.fixture
def store(opened: Opened) -> SqlStore:
    """Its store."""
    return opened.store


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[Place]:
    """A place with SQLite."""
    here = Place(None, tmp_path / "data")
    yield here
    await here.close()


@pytest.fixture
async def remote(postgres_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    """A place with Postgres."""
    here = Place(postgres_url, tmp_path / "data")
    yield here
    await here.close()


def _mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A small file system in memory, where this process may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a file system needs root")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of three megabytes."""
    yield from _mounted(tmp_path / "small", "size=3m")


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that cannot be written."""
    yield from _mounted(tmp_path / "fixed", "size=1m", "ro")
