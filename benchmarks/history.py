"""Lists of executions, filters and single ones, with very many executions in the database.

The rows are written straight into the tables, with shares of statuses and tags as a busy installation may have them.
Each question is asked of the store, and of the API by HTTP on a local socket, the whole answer read. The floor is the
smallest answer that the same API gives to the same client.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from benchmarks._engine import run_async
from studio.bootstrap import Settings, Studio
from studio.bootstrap._serving import make_platform
from studio.contracts.store import ExecutionFilter
from studio.domain.access import Actor, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, first_id, new_id
from studio.domain.settings import ServerSettings
from studio.domain.status import ExecutionStatus
from studio.server.app import create_app
from studio.services.people.model import Account, Member, Workspace, member_id

SIZES = (1_000_000,)
_ASKED = 30
_DAY = 86_400_000_000
_BATCH = 50_000
_NAMES = [f"Workflow {number}" for number in range(50)]
_INSERT = """
INSERT INTO executions (id, workspace, workflow_hash, workflow_name, status, error_code, mode, trigger_kind, depth,
 region, pool, rank, fairness_key, tags, generation, held, epoch, recoveries, accepted_at, started_at, ended_at,
 cancel_requested, inbox_open, inbox_urgent, slot_keep, slot_held, next_seq, projected_seq, snapshot_seq, journal_bytes)
VALUES ({values})
"""
_COLUMNS = 30


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement per question and number of executions; milliseconds for a page of 50."""
    return [row for size in sizes for row in run_async(lambda size=size: _measure(db, size))]


def _rows(count: int) -> Any:
    """Rows of executions that ended, spread over the last month, newest last."""
    now = time.time_ns() // 1000
    step = 30 * _DAY // count
    for number in range(count):
        at = now - (count - number) * step
        failed = number % 20 == 0
        name = number % 50
        tag = f"workflow:{name:02d}"
        yield (
            first_id(at // 1000)[:10] + f"{number:016d}", DEFAULT_WORKSPACE, "0" * 64, _NAMES[name],
            "failed" if failed else "succeeded", "http.status" if failed and number % 3 == 0 else None, "run", "api",
            0, "", "", 0, "", f'["{tag}"]', 1, False, 1, 0, at, at, at + 1_000_000, False, 0, 0, False, False, 2, 1, 0,
            400,
        )  # fmt: skip


async def fill_sqlite(path: Path, count: int) -> None:
    """Write rows into a SQLite file."""

    def write() -> None:
        import apsw

        connection = apsw.Connection(str(path))
        connection.setbusytimeout(60_000)
        insert = _INSERT.format(values=", ".join("?" * _COLUMNS))
        batch: list[Any] = []
        for row in _rows(count):
            batch.append(row)
            if len(batch) == _BATCH:
                _write(connection, insert, batch)
                batch = []
        _write(connection, insert, batch)
        connection.close()

    await asyncio.to_thread(write)


def _write(connection: Any, insert: str, batch: list[Any]) -> None:
    with connection:
        connection.executemany(insert, batch)
        connection.executemany(
            "INSERT INTO execution_tags (workspace, tag, execution_id, status, error_code) VALUES (?, ?, ?, ?, ?)",
            _tags(batch),
        )


def _tags(rows: list[Any]) -> list[Any]:
    return [(row[1], row[13][2:-2], row[0], row[4], row[5]) for row in rows]


async def fill_postgres(url: str, count: int) -> None:
    """Write rows into a Postgres database."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        columns = [name.strip() for name in _INSERT.partition("(")[2].partition(")")[0].replace("\n", " ").split(",")]
        rows = list(_rows(count))
        await connection.copy_records_to_table("executions", records=rows, columns=columns)
        await connection.copy_records_to_table("execution_tags", records=_tags(rows))
        await connection.execute("ANALYZE executions; ANALYZE execution_tags")
    finally:
        await connection.close()


@asynccontextmanager
async def _served(data: Path, db: str | None) -> AsyncIterator[tuple[Studio, httpx2.AsyncClient]]:
    """A server over the data, and a client that may see everything."""
    async with Studio(Settings(data=data, db=db)) as studio:
        await studio.open()
        await studio.engine.set_clock()
        platform = make_platform(studio, ServerSettings(port=0, requests_per_minute=0))
        people, id = platform.people, new_id()
        made = Account(email="bench@example.org", mail_key=await people.mail_key("bench@example.org"), name="Bench")
        await people.records.commit(
            [
                people.workspaces.put(INSTANCE, DEFAULT_WORKSPACE, Workspace(name="Bench")),
                people.accounts.put(INSTANCE, id, made),
                people.members.put(
                    INSTANCE, member_id(DEFAULT_WORKSPACE, id),
                    Member(workspace=DEFAULT_WORKSPACE, account=id, role=Role.ADMIN),
                ),
            ]
        )  # fmt: skip
        account = await people.accounts.need(INSTANCE, id)
        token = (await platform.sessions.begin(account, asking=Actor(), browser=False)).token
        config = uvicorn.Config(
            create_app(platform), host="127.0.0.1", port=0, loop="none", lifespan="off", log_config=None,
            access_log=False, http="httptools", proxy_headers=False,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=120
        ) as client:
            yield studio, client
        server.should_exit = True
        await serving


async def _measure(db: str | None, size: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        data = Path(folder) / "data"
        async with Studio(Settings(data=data, db=db)) as studio:
            await studio.open()
        if db:
            await fill_postgres(db, size)
        else:
            await fill_sqlite(data / "studio.db", size)
        async with _served(data, db) as (studio, client):
            return [{"executions": size, **row} async for row in _questions(studio, client)]


async def _questions(studio: Studio, client: httpx2.AsyncClient) -> AsyncIterator[dict[str, Any]]:
    store = studio.opened.store
    middle = (await store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE, limit=1000)))[-1]
    day = middle.accepted_at - _DAY
    wanted: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = (
        ("newest", {}, {}),
        ("failed", {"status": (ExecutionStatus.FAILED,)}, {"status": "failed"}),
        ("waiting, of which there are none", {"status": (ExecutionStatus.WAITING,)}, {"status": "waiting"}),
        ("of one workflow by name", {"workflow_name": _NAMES[7]}, {"name": _NAMES[7]}),
        ("of one workflow by tag", {"tag": "workflow:07"}, {"tag": "workflow:07"}),
        ("failed of one workflow by tag", {"tag": "workflow:10", "status": (ExecutionStatus.FAILED,)},
         {"tag": "workflow:10", "status": "failed"}),
        ("failed of one that never fails", {"tag": "workflow:07", "status": (ExecutionStatus.FAILED,)},
         {"tag": "workflow:07", "status": "failed"}),
        ("waiting of one workflow by tag", {"tag": "workflow:07", "status": (ExecutionStatus.WAITING,)},
         {"tag": "workflow:07", "status": "waiting"}),
        ("failed of one workflow by name", {"workflow_name": _NAMES[10], "status": (ExecutionStatus.FAILED,)},
         {"name": _NAMES[10], "status": "failed"}),
        ("failed of one by name that never fails",
         {"workflow_name": _NAMES[7], "status": (ExecutionStatus.FAILED,)}, {"name": _NAMES[7], "status": "failed"}),
        ("with one error", {"error_code": "http.status"}, {"error": "http.status"}),
        ("with an error that nobody had", {"error_code": "x.y"}, {"error": "x.y"}),
        ("with one error of one workflow by tag", {"tag": "workflow:10", "error_code": "http.status"},
         {"tag": "workflow:10", "error": "http.status"}),
        ("with an error that the workflow of a tag never had", {"tag": "workflow:10", "error_code": "x.y"},
         {"tag": "workflow:10", "error": "x.y"}),
        ("with one error of one workflow by name", {"workflow_name": _NAMES[10], "error_code": "http.status"},
         {"name": _NAMES[10], "error": "http.status"}),
        ("with an error that a name never had", {"workflow_name": _NAMES[10], "error_code": "x.y"},
         {"name": _NAMES[10], "error": "x.y"}),
        ("of a tag that nobody has", {"tag": "none"}, {"tag": "none"}),
        ("before a day ago", {"before": first_id(day // 1000)}, {"until": _iso(day)}),
        ("of a day two weeks ago", {"from_id": first_id((day - 14 * _DAY) // 1000),
                                    "before": first_id((day - 13 * _DAY) // 1000)},
         {"since": _iso(day - 14 * _DAY), "until": _iso(day - 13 * _DAY)}),
    )  # fmt: skip
    floor = await _timed(lambda: _get(client, "/setup", {}))
    for name, given, params in wanted:
        filter = ExecutionFilter(workspace=DEFAULT_WORKSPACE, limit=50, **given)
        page_ms = await _timed(lambda filter=filter: store.executions(filter))
        api_ms = await _timed(lambda params=params: _get(client, "/executions", params))
        yield {"question": name, "store_ms": page_ms, "api_ms": api_ms, "floor_ms": floor}
    one = await _timed(lambda: store.execution(middle.id, DEFAULT_WORKSPACE))
    nodes = await _timed(lambda: _get(client, f"/executions/{middle.id}/nodes", {}))
    yield {"question": "one, and its node runs", "store_ms": one, "api_ms": nodes, "floor_ms": floor}


async def _get(client: httpx2.AsyncClient, path: str, params: dict[str, Any]) -> None:
    answer = await client.get(path, params=params)
    if answer.status_code != 200:
        raise RuntimeError(answer.text)


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    await ask()
    took: list[float] = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        await ask()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat()


if __name__ == "__main__":
    for row in run():
        print(row)
