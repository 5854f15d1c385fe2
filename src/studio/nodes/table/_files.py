"""Writing files with a library that wants a path."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


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
