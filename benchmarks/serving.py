"""A server process under starts of 64 clients: what it holds in memory at rest, and from begin to end of the load.

The executions that were started run in the same process. One row for rest, one for each tenth of the load (the highest
in it), one for half a minute after it: ``growth_mb`` is what was added since the second tenth, when everything that is
needed has been loaded. A size is a number of seconds.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import psutil

SIZES = (300,)
CLIENTS = 64
_WHO = {"email": "bench@example.org", "name": "Bench", "password": "correct horse battery staple"}
_WORKFLOW = {
    "studio": 1,
    "name": "Add",
    "inputs": {"a": {"type": "integer"}},
    "nodes": {"total": {"type": "flow.set", "params": {"values": {"sum": "{{ inputs.a + 1 }}"}}}},
    "output": "{{ total.values.sum }}",
}


def run(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement per number of seconds."""
    return [row for seconds in sizes for row in asyncio.run(_measure(seconds))]


async def _measure(seconds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        command = [sys.executable, "-m", "studio.cli.main", "up", "--data", str(Path(folder) / "data"), "--port", "0"]
        environ = {**os.environ, "STUDIO_REQUESTS_PER_MINUTE": "0"}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
        ) as process:
            try:
                return await _load(process, seconds)
            finally:
                process.terminate()


async def _load(process: subprocess.Popen[str], seconds: int) -> list[dict[str, Any]]:
    if process.stdout is None:
        raise RuntimeError("no output")
    found = re.search(r"https?://\S+", process.stdout.readline())
    url = "" if found is None else found.group()
    secret = process.stdout.readline().partition("/setup#")[2].strip()
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=120) as client:
        (await client.post("/setup", json={**_WHO, "secret": secret})).raise_for_status()
        client.cookies.clear()
        body = {"email": _WHO["email"], "password": _WHO["password"], "client": "cli"}
        token = (await client.post("/session", json=body)).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        made = (await client.post("/workflows", json={"document": _WORKFLOW, "key": "add"})).json()
        (await client.post(f"/workflows/{made['id']}/publish", json={})).raise_for_status()
        await asyncio.sleep(2)
        server = psutil.Process(process.pid)
        rest = _held(server)
        started, samples = await _start_for(client, server, seconds)
        await asyncio.sleep(min(30, seconds / 4))
        after = _held(server)
    tenths = [max(part) for part in _tenths(samples)]
    rows: list[dict[str, Any]] = [{"seconds": seconds, "when": "at rest", "held_mb": rest}]
    for place, held in enumerate(tenths, 1):
        rows.append({"seconds": seconds, "when": f"after {seconds * place // 10} s", "held_mb": held})
    rows[-1] |= {"growth_mb": tenths[-1] - tenths[1], "starts_per_s": started / seconds}
    return [*rows, {"seconds": seconds, "when": "half a minute later", "held_mb": after}]


def _tenths(samples: list[float]) -> list[list[float]]:
    size = max(1, len(samples) // 10)
    return [samples[place * size : (place + 1) * size] or samples[-1:] for place in range(10)]


async def _start_for(client: httpx2.AsyncClient, server: psutil.Process, seconds: int) -> tuple[int, list[float]]:
    until, started, samples = time.monotonic() + seconds, 0, list[float]()

    async def work() -> None:
        nonlocal started
        while time.monotonic() < until:
            answer = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
            if answer.status_code == 202:
                started += 1
            elif answer.status_code in (429, 503):
                await asyncio.sleep(0.1)
            else:
                raise RuntimeError(answer.text)

    async def watch() -> None:
        while time.monotonic() < until:
            samples.append(_held(server))
            await asyncio.sleep(seconds / 300)

    await asyncio.gather(watch(), *(work() for _ in range(CLIENTS)))
    return started, samples


def _held(server: psutil.Process) -> float:
    """Megabytes of the process alone, without what it only maps."""
    return server.memory_full_info().uss / 1e6


if __name__ == "__main__":
    for row in run():
        print(row)
