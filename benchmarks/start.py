"""The command line: how long commands take as whole processes, on a warm data folder and catalogue.

The floor is an interpreter that does nothing; of ``up``, which ends with the first healthy answer over HTTP, the same
HTTP server with an application that does nothing. ``cpu_ms`` is processor time, which says more on a busy machine.
While health is answered, a thread makes the API, and part of that counts; ``up, ready`` ends when it is made.
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

_BARE = """
import sys
import uvicorn

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})

uvicorn.run(app, port=int(sys.argv[2]), http="httptools", ws="none", lifespan="off", log_config=None, access_log=False)
"""
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
        up, bare = [str(_STUDIO), "up"], [sys.executable, "-c", _BARE]
        floors = [first_answer(bare, environment) for _ in range(repeat)]
        for name, path in (("up", "/healthz"), ("up, ready", "/readyz")):
            answers = [first_answer(up, environment, path) for _ in range(repeat)]
            rows.append(_row(name, _UP, list(zip(answers, floors, strict=True))))
        return rows


def _row(name: str, target: int, pairs: list[tuple[Took, Took]]) -> dict[str, Any]:
    return {
        "command": name,
        "target_ms": target,
        "ms": min(took.wall for took, _ in pairs) * 1000,
        "cpu_ms": min(took.cpu for took, _ in pairs) * 1000,
        "floor_ms": min(floor.wall for _, floor in pairs) * 1000,
        "floor_cpu_ms": min(floor.cpu for _, floor in pairs) * 1000,
    }


def first_answer(server: list[str], environment: dict[str, str], path: str = "/healthz") -> Took:
    """Start a server, which takes ``--port``: seconds to its first good answer. The data folder is there already."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    command = [*server, "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not _well(port, path):
            time.sleep(0.002)
        wall = time.perf_counter() - began
        cpu = sum(_cpu_of(process.pid)) / os.sysconf("SC_CLK_TCK")
        process.send_signal(signal.SIGTERM)
    return Took(wall, cpu)


def _well(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
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
