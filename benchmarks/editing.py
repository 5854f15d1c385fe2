"""Editing a workflow of 5,000 nodes over the API: milliseconds from sending an operation to its durable answer.

A server of its own process on SQLite, one client that sets params one after the other; every answer is on disk. Floors:
an insert and commit that survives a loss of power, and a request that only reads who asks (``GET /session``).
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.floors import sqlite_commit

SIZES = (100, 5_000)
EDITS = 300
WARM = 20
_PASSWORD = "correct horse battery staple"


def run(sizes: tuple[int, ...] = SIZES, db: str | None = None) -> list[dict[str, Any]]:
    """One measurement per number of nodes."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        floor = statistics.median(sqlite_commit(Path(folder))) * 1000
        with _server(Path(folder) / "data", db) as client:
            return [{**_measure(client, size), "commit_floor_ms": floor} for size in sizes]


def _measure(client: httpx2.Client, nodes: int) -> dict[str, Any]:
    made = client.post("/workflows", json={"document": _document(nodes)})
    made.raise_for_status()
    workflow, revision = made.json()["id"], 1
    times: list[float] = []
    for number in range(WARM + EDITS):
        node = f"n{number * 7919 % nodes}"
        operation = {"op": "set", "path": ["nodes", node, "params", "template"], "value": f"edit {number}"}
        body = {"base": revision, "operations": [operation], "id": f"e{number}", "client": "bench"}
        began = time.perf_counter()
        answer = client.post(f"/workflows/{workflow}/draft/operations", json=body)
        took = (time.perf_counter() - began) * 1000
        answer.raise_for_status()
        revision = answer.json()["revision"]
        if number >= WARM:
            times.append(took)
    return {
        "nodes": nodes,
        "median_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[-1],
        "rename_ms": _rename(client, workflow, revision, "n7", "seventh"),
        "rename_read_by_all_ms": _rename(client, workflow, revision + 1, "n0", "first"),
        "request_floor_ms": statistics.median(_session(client) for _ in range(100)),
    }


def _rename(client: httpx2.Client, workflow: str, revision: int, node: str, new: str) -> float:
    """Milliseconds to rename a node, for which references are looked for in all others."""
    operation = {"op": "rename_node", "node": node, "to": new}
    began = time.perf_counter()
    body = {"base": revision, "operations": [operation]}
    client.post(f"/workflows/{workflow}/draft/operations", json=body).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _session(client: httpx2.Client) -> float:
    began = time.perf_counter()
    client.get("/session").raise_for_status()
    return (time.perf_counter() - began) * 1000


def _document(nodes: int) -> dict[str, Any]:
    template = "A text of the usual length, {{ n0.text }}, as it stands in a param of a node."
    return {
        "studio": 1,
        "name": "Large",
        "nodes": {
            f"n{one}": {"type": "text.template", "title": f"Node {one}", "params": {"template": template}}
            for one in range(nodes)
        },
        "edges": [f"n{one} -> n{one + 1}" for one in range(nodes - 1)],
        "canvas": {"positions": {f"n{one}": [one % 50 * 200.0, one // 50 * 120.0] for one in range(nodes)}},
    }


@contextmanager
def _server(data: Path, db: str | None) -> Iterator[httpx2.Client]:
    """A server with an account that is signed in."""
    command = [sys.executable, "-m", "studio.cli.main", "up", "--data", str(data), "--port", "0"]
    process = subprocess.Popen(
        [*command, *(["--db", db] if db else [])], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(2)]
        found = re.search(r"(https?://\S+)/setup#(\S+)", "".join(lines))
        assert found is not None, lines
        url, secret = found.groups()
        with httpx2.Client(base_url=f"{url}/api/v1", timeout=120) as client:
            who = {"email": "bench@example.org", "password": _PASSWORD}
            client.post("/setup", json={"secret": secret, "name": "Bench", **who}).raise_for_status()
            client.cookies.clear()
            signed = client.post("/session", json={**who, "client": "cli"})
            signed.raise_for_status()
            client.headers["authorization"] = f"Bearer {signed.json()['token']}"
            yield client
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


if __name__ == "__main__":
    for row in run():
        print(row)
