"""The command line: how long ``studio --help`` and a first evaluation take, as whole processes.

The floor is an interpreter that does nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_STUDIO = Path(sys.executable).with_name("studio")


def run() -> list[dict[str, Any]]:
    """One measurement of each, milliseconds."""
    floor = _time([sys.executable, "-c", "pass"])
    cases = {
        "help": [str(_STUDIO), "--help"],
        "eval": [str(_STUDIO), "eval", "1 + 1"],
        "version": [str(_STUDIO), "--version"],
    }
    return [{"case": name, "ms": _time(command) * 1000, "floor_ms": floor * 1000} for name, command in cases.items()]


def _time(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    return time.perf_counter() - began


if __name__ == "__main__":
    for row in run():
        print(row)
