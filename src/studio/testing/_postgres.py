"""A private Postgres for examples that need one."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

URL_VARIABLE = "STUDIO_TEST_POSTGRES"


class SetupMissingError(Exception):
    """A service that an example needs is not to be had here; says why."""


@asynccontextmanager
async def postgres() -> AsyncGenerator[dict[str, Any]]:
    """Address of a Postgres: the one of ``STUDIO_TEST_POSTGRES``, else a cluster of its own that goes away again.

    Raises:
        SetupMissingError: There is neither.
    """
    url = os.environ.get(URL_VARIABLE)
    if url:
        yield _facts(url)
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not binaries:
        raise SetupMissingError(f"Postgres is not installed, and {URL_VARIABLE} names none")
    folder = Path(tempfile.mkdtemp(prefix="studio-postgres-"))
    try:
        port = await asyncio.to_thread(_start, binaries[-1].parent, folder)
        try:
            yield _facts(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        finally:
            await asyncio.to_thread(_run, binaries[-1].parent, folder, "pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _facts(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "url": url,
        "host": parts.hostname or "127.0.0.1",
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/") or "postgres",
    }


def _start(binaries: Path, folder: Path) -> int:
    """Make a cluster that trusts loopback and start it; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(binaries, folder, "initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _run(binaries, folder, "pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    return port


def _run(binaries: Path, folder: Path, program: str, *arguments: str) -> None:
    command = [str(binaries / program), "-D", str(folder / "data"), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)  # noqa: S603 - own binaries
    if done.returncode != 0:
        raise SetupMissingError(f"{program} failed: {done.stderr.strip()[-300:]}")
