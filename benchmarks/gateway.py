"""The gateway: a workflow of five nodes by ``POST /api/v1/run/…`` with an API key, and what stands below it.

All in one process, one after the other: ``bare``, an empty ASGI handler on the same HTTP server; ``null``, one behind
the same middleware; ``authenticated``, a route that only asks who is there; ``accept``, the run answered as soon as it
is stored durably, while executions run beside; ``run``, answered with its result. ``commit_floor_us`` is a bare commit
flushed to disk. Clients and server are separate processes on one machine: clients take processor time from the server.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks._engine import run_async, settle
from benchmarks.floors import sqlite_commit
from studio.bootstrap import Settings, Studio
from studio.bootstrap._serving import make_platform
from studio.domain.access import GRANTABLE, Actor, ActorKind, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.domain.settings import ServerSettings

CLIENTS = 64
WORKFLOW: dict[str, Any] = {
    "studio": 1,
    "name": "Five",
    "inputs": {"n": {"type": "integer"}},
    "nodes": {
        "a": {"type": "flow.set", "params": {"values": {"n": "{{ inputs.n + 1 }}"}}},
        "b": {"type": "flow.set", "params": {"values": {"n": "{{ a.values.n + 1 }}"}}},
        "c": {"type": "flow.set", "params": {"values": {"n": "{{ b.values.n + 1 }}"}}},
        "d": {"type": "flow.set", "params": {"values": {"n": "{{ c.values.n + 1 }}"}}},
        "e": {"type": "flow.set", "params": {"values": {"n": "{{ d.values.n + 1 }}"}}},
    },
    "output": "{{ e.values.n }}",
}


def run(seconds: float = 5.0, clients: int = CLIENTS) -> list[dict[str, Any]]:
    """Requests a second and milliseconds at the median and the 99th percentile, per kind of request."""

    async def main() -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
            return await _serve(Path(folder) / "data", seconds, clients)

    return run_async(main)


async def _serve(data: Path, seconds: float, clients: int) -> list[dict[str, Any]]:
    from studio.server.app import create_app
    from studio.server.middleware.edge import Edge
    from studio.server.middleware.limits import Limits
    from studio.server.middleware.observe import Observe

    settings = ServerSettings(port=0, requests_per_minute=0, log_level="error")
    async with Studio(Settings(data=data)) as studio:
        await studio.open()
        await studio.engine.set_clock()
        platform = make_platform(studio, settings)
        await studio.driver.start()
        token = await _prepare(platform)
        whole = create_app(platform)
        null = Observe(Edge(Limits(_empty, settings), settings), platform)
        apps = {"bare": _empty, "null": null, "authenticated": whole, "accept": whole, "run": whole}
        settle()
        commit = statistics.median(sqlite_commit(data)) * 1e6
        rows: list[dict[str, Any]] = []
        for kind, app in apps.items():
            async with _listening(app) as port:
                measured = await _measure(kind, port, token, seconds, clients)
            rows.append({**measured, "commit_floor_us": commit})
        await platform.gateway.counting.close()
        return rows


@asynccontextmanager
async def _listening(app: Any) -> AsyncGenerator[int]:
    """An application on a free port."""
    import uvicorn

    config = uvicorn.Config(
        app, port=0, loop="none", http="httptools", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def _empty(scope: Any, receive: Any, send: Any) -> None:
    """The smallest answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"11")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"ok":true}'})


async def _prepare(platform: Any) -> str:
    from studio.services.gateway.keys import Wanted
    from studio.services.people.model import Account, Member, Workspace, member_id

    people = platform.people
    await people.records.commit(
        [
            people.workspaces.put(INSTANCE, DEFAULT_WORKSPACE, Workspace(name="Default")),
            people.accounts.put(INSTANCE, "bench", Account(email="bench@example.org", mail_key="bench", name="Bench")),
            people.members.put(
                INSTANCE, member_id(DEFAULT_WORKSPACE, "bench"),
                Member(workspace=DEFAULT_WORKSPACE, account="bench", role=Role.ADMIN),
            ),
        ]
    )  # fmt: skip
    who = Actor(kind=ActorKind.PERSON, id="bench", workspace=DEFAULT_WORKSPACE, permissions=GRANTABLE)
    head = await platform.workflows.making.create(who, document=WORKFLOW, key="five")
    await platform.workflows.publishing.publish(who, head.id)
    return (await platform.gateway.keys.create(who, Wanted(name="Bench"))).token


async def _measure(kind: str, port: int, token: str, seconds: float, clients: int) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.gateway", kind, str(port), token, str(seconds), str(clients),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    before = time.process_time()
    out, _ = await process.communicate()
    used = time.process_time() - before
    count, median, high = (float(part) for part in out.split())
    return {
        "request": kind, "clients": clients, "per_second": count / seconds, "p50_ms": median * 1000,
        "p99_ms": high * 1000, "server_cpu_us": used / count * 1e6,
    }  # fmt: skip


_SIGNED = b"host: localhost\r\nauthorization: Bearer %s\r\n"
_BODY = b'content-type: application/json\r\ncontent-length: 7\r\n\r\n{"n":1}'
_REQUESTS = {
    "bare": b"GET /api/v1/null HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "null": b"GET /api/v1/null HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "authenticated": b"GET /api/v1/keys/current HTTP/1.1\r\n" + _SIGNED + b"\r\n",
    "accept": b"POST /api/v1/run/five?wait=0 HTTP/1.1\r\n" + _SIGNED + _BODY,
    "run": b"POST /api/v1/run/five HTTP/1.1\r\n" + _SIGNED + _BODY,
}


async def _clients(kind: str, port: int, token: str, seconds: float, clients: int) -> list[float]:
    raw = _REQUESTS[kind]
    request = raw % token.encode() if b"%s" in raw else raw
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (begun := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 202" if kind == "accept" else b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            took.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return took


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import uvloop

        times = sorted(
            uvloop.run(_clients(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), int(sys.argv[5])))
        )
        print(len(times), times[len(times) // 2], times[len(times) * 99 // 100])
    else:
        for row in run():
            print(row)
