"""The command line: how long commands take as whole processes, on a warm data folder and catalogue.

The floor is an interpreter that does nothing. ``cpu_ms`` is processor time, which says more on a busy machine.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

_STUDIO = Path(sys.executable).with_name("studio")
_QUAKES = str(Path(__file__).resolve().parents[1] / "examples" / "quakes.yaml")

CASES: dict[str, tuple[list[str], int]] = {
    "--help": (["--help"], 150),
    "--version": (["--version"], 150),
    "eval": (["eval", "1 + 1"], 300),
    "nodes list": (["nodes", "list"], 300),
    "validate": (["validate", _QUAKES], 300),
    "executions list": (["executions", "list"], 300),
    "run": (["run", _QUAKES, "--json"], 500),
}
"""Commands with what they should take at most on a quiet core, in milliseconds."""


class Took(NamedTuple):
    """Seconds by the clock and of processor time."""

    wall: float
    cpu: float


def run(repeat: int = 3) -> list[dict[str, Any]]:
    """One measurement of each, milliseconds: the best of ``repeat``, interleaved with the floor's."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        environment = {**os.environ, "STUDIO_DATA": f"{folder}/data", "STUDIO_CACHE": f"{folder}/cache"}
        once([str(_STUDIO), *CASES["run"][0]], environment)
        rows: list[dict[str, Any]] = []
        for name, (command, target) in CASES.items():
            pairs = [
                (once([str(_STUDIO), *command], environment), once([sys.executable, "-c", "pass"], environment))
                for _ in range(repeat)
            ]
            rows.append(
                {
                    "command": name,
                    "target_ms": target,
                    "ms": min(took.wall for took, _ in pairs) * 1000,
                    "cpu_ms": min(took.cpu for took, _ in pairs) * 1000,
                    "floor_ms": min(floor.wall for _, floor in pairs) * 1000,
                    "floor_cpu_ms": min(floor.cpu for _, floor in pairs) * 1000,
                }
            )
        return rows


def once(command: list[str], environment: dict[str, str]) -> Took:
    """Run a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, stdin=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


if __name__ == "__main__":
    for row in run():
        print(row)
