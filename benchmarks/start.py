"""The command line: how long commands take as whole processes, on a warm data folder and catalogue.

The floor is an interpreter that does nothing; of ``up``, which ends with the first healthy answer over HTTP, one that
imports asyncio. ``cpu_ms`` is processor time, which says more on a busy machine.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
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

_UP = 1500
"""Milliseconds that a server may take to its first healthy answer."""


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
            rows.append(_row(name, target, pairs))
        floor = [sys.executable, "-c", "import asyncio"]
        ups = [(first_answer(environment), once(floor, environment)) for _ in range(repeat)]
        return [*rows, _row("up", _UP, ups)]


def _row(name: str, target: int, pairs: list[tuple[Took, Took]]) -> dict[str, Any]:
    return {
        "command": name,
        "target_ms": target,
        "ms": min(took.wall for took, _ in pairs) * 1000,
        "cpu_ms": min(took.cpu for took, _ in pairs) * 1000,
        "floor_ms": min(floor.wall for _, floor in pairs) * 1000,
        "floor_cpu_ms": min(floor.cpu for _, floor in pairs) * 1000,
    }


def first_answer(environment: dict[str, str]) -> Took:
    """Start a server on a data folder that is there already: seconds to its first healthy answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    command = [str(_STUDIO), "up", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not _healthy(port):
            time.sleep(0.002)
        wall = time.perf_counter() - began
        cpu = sum(_cpu_of(process.pid)) / os.sysconf("SC_CLK_TCK")
        process.send_signal(signal.SIGTERM)
    return Took(wall, cpu)


def _healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _cpu_of(process: int) -> list[int]:
    """Ticks of processor time that a process has taken: user and system."""
    return [int(part) for part in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]]


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
