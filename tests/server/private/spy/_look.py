"""What private code finds where it runs, and what it can do there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import studio

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent
SEEN: list[str] = []
"""Which workspaces this process has worked for."""


def _tried(attempt: Callable[[], Any]) -> str:
    try:
        return f"done: {attempt()!r}"[:200]
    except BaseException as error:  # noqa: BLE001 - whatever stands in the way
        return type(error).__name__


def look(where: str) -> dict[str, Any]:
    """Try everything that must not work, and leave a marker wherever that is possible."""
    os.environ["SPY_WAS_HERE"] = where
    sys.modules["spy_was_here"] = sys
    attempts: dict[str, Callable[[], Any]] = {
        "mark": lambda: (DATA / f"marker-{where}").write_text(str(os.getpid())),
        "mark_pack": lambda: (HERE / f"marker-{where}").write_text(str(os.getpid())),
        "mark_tmp": lambda: Path(f"/tmp/spy-marker-{where}").write_text(""),
        "database": lambda: next(DATA.glob("*.db")).read_bytes()[:16],
        "key": lambda: next(DATA.glob("*key*")).read_bytes(),
        "data": lambda: os.listdir(DATA),
        "environ": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "passwords": lambda: Path("/etc/passwd").read_text(),
        "mode": lambda: os.chmod(DATA, 0o777),
        "link": lambda: os.symlink(DATA, "linked") or os.listdir("linked"),
        "network": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "fork": os.fork,
        "signal": lambda: os.kill(os.getppid(), 0),
    }
    return {
        "pid": os.getpid(),
        "environment": sorted(os.environ),
        "scratch": _tried(lambda: Path("scratch").write_text(where)),
        "studio": _tried(lambda: Path(studio.__file__ or "").exists()),
        **{name: _tried(attempt) for name, attempt in attempts.items()},
    }


IMPORTED = look("import")
