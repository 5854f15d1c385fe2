"""The gateway: a workflow of five nodes by ``POST /api/v1/run/…`` with an API key, against two requests to the same
server: ``null``, a route that does nothing and asks nobody who they are, and ``authenticated``, which only does that.

Clients and server are separate processes on one machine, so that clients take processor time from the server too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._engine import run_async, settle
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
    import uvicorn

    from studio.server.app import create_api
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
        api = create_api(platform)
        api.add_api_route("/api/v1/null", _null)
        app = Observe(Edge(Limits(api, settings), settings), platform)
        config = uvicorn.Config(
            app, port=0, loop="none", http="httptools", lifespan="off", log_config=None,
            access_log=False,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        settle()
        rows = [
            await _measure(kind, port, token, seconds, clients) for kind in ("null", "authenticated", "run")
        ]  # fmt: skip
        server.should_exit = True
        await serving
        await platform.gateway.counting.close()
        return rows


async def _null() -> dict[str, bool]:
    return {"ok": True}


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


_REQUESTS = {
    "null": b"GET /api/v1/null HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "authenticated": b"GET /api/v1/keys/current HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n\r\n",
    "run": b"POST /api/v1/run/five HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n"
    b'content-type: application/json\r\ncontent-length: 7\r\n\r\n{"n":1}',
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
            assert head.startswith(b"HTTP/1.1 200"), head
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
