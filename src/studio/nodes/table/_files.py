"""Files for libraries that want a path."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replaced(target: Path) -> Generator[Path]:
    """A temporary path beside ``target``; on leaving it is flushed and takes the target's place, or is removed."""
    temporary = target.with_name(f".{target.name[:80]}.{os.urandom(8).hex()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def unnamed_file() -> IO[bytes]:
    """A file for a table on its way: in memory where the system has such files, never under a name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("table"), "w+b")
    return tempfile.TemporaryFile()
