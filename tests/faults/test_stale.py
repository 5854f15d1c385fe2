"""Drivers that stall, are drained, tell the wrong time, or die again and again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from studio.contracts.store import ExecutionRow
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest, error_execution
from studio.engine import records as r
from studio.storage import Opened, open_store
from tests.engine.kit import Host
from tests.faults.drive import catalog
from tests.faults.graphs import node, note
from tests.faults.harness import Process, read_log, records_of, until
from tests.faults.test_effects import engine, logged, submit, workflow

TURNS = 40


def steady() -> Any:
    """Turns of a loop, each with a keyed effect and a little time."""
    body = {
        "nodes": {"seen": note("{{ state + 1 }}", seconds=0.02), "paid": note("{{ seen.value }}", effect="keyed")},
        "next": "{{ paid.value }}",
    }
    params = {"state": 0, "condition": "{{ state < " + str(TURNS) + " }}", "max": 1000}
    return workflow({"loop": node("flow.while", params, body=body)}, "{{ loop.state }}")


class Place:
    """A data folder with an execution in it, and drivers that come and go."""

    def __init__(self, tmp_path: Path, db: str | None, opened: Opened) -> None:
        self.folder = tmp_path
        self.data = tmp_path / "data"
        self.db = db
        self.opened = opened
        self.started: list[Process] = []

    def start(self, *more: str) -> Process:
        """A driver."""
        argv = ["--data", str(self.data), "--folder", str(self.folder), *more, *(["--db", self.db] if self.db else [])]
        self.started.append(Process(argv, self.folder / f"output{len(self.started)}.txt"))
        return self.started[-1]

    async def accept(self, what: Any) -> str:
        """Accept an execution for whoever drives."""
        silent = Engine(
            store=self.opened.store, blobs=self.opened.blobs, catalog=catalog(), home=self.opened.home, host=Host()
        )
        inputs = {"log": str(self.folder / "log.txt")}
        return await silent.submit(StartRequest(workflow=what, inputs=inputs, grants=Grants(folder=str(self.folder))))

    async def row(self, id: str) -> ExecutionRow:
        """How the execution stands."""
        row = await self.opened.store.execution(id)
        assert row is not None
        return row

    async def ended(self, id: str, timeout: float = 30) -> ExecutionRow:
        """Wait for its end."""

        async def over() -> bool:
            return (await self.row(id)).status.terminal

        await until(over, timeout, "the end")
        return await self.row(id)

    async def stall(self, process: Process) -> None:
        """Stop a process where it does not hold SQLite's one lock for writing, which is the whole database's."""
        while True:
            process.send(signal.SIGSTOP)
            if self.db is not None:
                return
            with contextlib.closing(apsw.Connection(str(self.data / "studio.db"))) as probe:
                try:
                    probe.execute("BEGIN IMMEDIATE; ROLLBACK")
                    return
                except apsw.BusyError:
                    process.send(signal.SIGCONT)
            await asyncio.sleep(0.005)

    async def logged(self, count: int) -> None:
        """Wait until nodes have left so many lines."""

        async def enough() -> bool:
            return len(read_log(self.folder / "log.txt")) >= count

        await until(enough, 30, f"{count} lines")


@pytest.fixture(params=["sqlite", "postgres"])
async def place(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """On SQLite and on Postgres."""
    db = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    opened = await open_store(db, tmp_path / "data")
    one = Place(tmp_path, db, opened)
    yield one
    for process in one.started:
        process.send(signal.SIGCONT)
        await process.kill()
    await opened.close()


async def test_a_stalled_driver_loses_at_the_fence(place: Place) -> None:
    id = await place.accept(steady())
    stale = place.start("--lease", "0.5", "--hang", "0.5", "--home", "one")
    await place.logged(9)
    await place.stall(stale)
    fresh = place.start("--lease", "0.5", "--hang", "0.5", "--home", "two")

    async def taken() -> bool:
        return (await place.row(id)).epoch >= 2

    await until(taken, 60, "the other takes over")
    await place.logged(20)
    stale.send(signal.SIGCONT)
    row = await place.ended(id)
    assert row.status is ExecutionStatus.SUCCEEDED
    segments = await place.opened.store.read(id)
    assert [segment.seq for segment in segments] == list(range(row.next_seq))
    epochs = [segment.epoch for segment in segments]
    assert epochs == sorted(epochs), "a stale driver wrote after it had lost"
    (end,) = [record for record in records_of(segments) if record[0] == r.END]
    assert end[2] == "succeeded"
    lines = read_log(place.folder / "log.txt")
    keys: dict[str, set[str]] = {}
    for line in lines:
        keys.setdefault(line.path, set()).add(line.key)
    assert all(len(found) == 1 for found in keys.values())
    assert len(keys) == 2 * TURNS
    resumed = [line for line in lines if line.pid == stale.pid]
    assert len({line.path for line in resumed}) <= 9 + 8, "the stale driver went on"
    assert stale.alive, stale.errors()
    assert fresh.alive, fresh.errors()


async def test_a_drained_driver_hands_over_without_a_recovery(place: Place) -> None:
    id = await place.accept(steady())
    for seen in (9, 25, 45):
        process = place.start()
        await place.logged(seen)
        process.send(signal.SIGTERM)
        assert await process.gone() == 0, process.errors()
        row = await place.row(id)
        assert (row.status, row.owner, row.recoveries) == (ExecutionStatus.QUEUED, None, 0)
    place.start()
    row = await place.ended(id)
    assert (row.status, row.recoveries) == (ExecutionStatus.SUCCEEDED, 0)
    assert {line.attempt for line in read_log(place.folder / "log.txt")} == {1}


async def test_an_execution_that_kills_its_drivers_is_given_up(place: Place) -> None:
    id = await place.accept(workflow({"fatal": note(1, after=60)}))
    for deaths in range(4):
        process = place.start("--recoveries", "3")
        await place.logged(deaths + 1)
        await process.kill()
    place.start("--recoveries", "3")
    row = await place.ended(id)
    assert (row.status, row.error_code, row.recoveries) == (ExecutionStatus.DEAD, "execution.dead", 4)
    assert len(read_log(place.folder / "log.txt")) == 4
    await place.started[-1].kill()
    place.start("--recoveries", "3")
    await place.started[-1].up()
    assert (await place.row(id)).status is ExecutionStatus.DEAD


async def test_an_execution_that_gets_on_between_deaths_is_not_given_up(place: Place) -> None:
    id = await place.accept(steady())
    for death in range(8):
        process = place.start("--recoveries", "3")
        await place.logged(4 * (death + 1))

        async def noticed() -> bool:
            return (await place.row(id)).recoveries == 0

        await until(noticed, 30, "it is noticed that it gets on")
        await process.kill()
    place.start("--recoveries", "3")
    row = await place.ended(id)
    assert (row.status, row.recoveries) == (ExecutionStatus.SUCCEEDED, 0)


async def test_a_driver_with_a_wrong_clock_does_no_harm(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour early from the start, then two hours late in the middle of a wait."""
    real, jump = time.time_ns, [3600 * 10**9]
    monkeypatch.setattr(time, "time_ns", lambda: real() + jump[0])
    monkeypatch.setattr(time, "time", lambda: (real() + jump[0]) / 1e9)
    nodes = {
        "before": note("{{ now }}"),
        "short": node("flow.wait", {"seconds": 0.5}),
        "after": note("{{ now }}"),
        "long": node("flow.wait", {"seconds": 3000}),
    }
    edges = ["before -> short", "short -> after", "after -> long"]
    async with asyncio.timeout(90), engine(tmp_path, postgres_url, lease=0.6) as one:
        id = await submit(one, tmp_path, workflow(nodes, None, edges=edges, settings={"deadline": "55m"}))
        await until(lambda: _parked(one, id), 60, "the long wait")
        jump[0] = -7200 * 10**9
        await asyncio.sleep(0.5)
        row = await one.store.execution(id)
        assert row is not None
        assert row.status is ExecutionStatus.WAITING
        left = (row.wake_at or 0) - real() // 1000
        assert 2900e6 < left <= 3000e6
        for record in records_of(await one.store.read(id)):
            if record[0] == r.DONE:
                assert abs(record[3] - real() // 1000) < 20e6
            if record[0] == r.DONE and record[2] == "short":
                assert record[6] < 5e6


async def test_what_is_given_up_starts_its_error_workflow(tmp_path: Path) -> None:
    tell = workflow({"failure": {"type": "trigger.error", "inputs": {"log": "{{ event.status }}"}}}, "{{ inputs.log }}")
    nodes = {"long": node("flow.wait", {"seconds": 0.9}), "after": note("x")}
    what = workflow(nodes, edges=["long -> after"], settings={"error_workflow": "tell"})
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what, calls={"tell": tell})
    async with asyncio.timeout(90), engine(tmp_path, max_recoveries=0) as one:
        assert (await one.wait(id, timeout=60)).status is ExecutionStatus.DEAD
        told = await one.wait(error_execution(id), timeout=60)
        assert (told.status, told.output) == (ExecutionStatus.SUCCEEDED, "dead")


async def test_a_clock_that_is_a_little_late_leaves_nothing_queued(tmp_path: Path) -> None:
    """A difference too small to be corrected: what others accept is driven all the same, also by who resumes."""
    async with asyncio.timeout(60), engine(tmp_path) as one:
        other = Engine(store=one.store, blobs=one.blobs, catalog=one.catalog, home=one.home, host=one.host)
        one._offset -= 45_000
        id = await submit(other, tmp_path, workflow({"only": note("x")}))
        assert (await one.wait(id, timeout=60)).status is ExecutionStatus.SUCCEEDED
        id = await submit(other, tmp_path, workflow({"only": note("x")}))
        assert id in [result.execution_id for result in await one.resume_all()]
        row = await one.store.execution(id)
        assert row is not None
        assert row.status is ExecutionStatus.SUCCEEDED


async def _parked(one: Engine, id: str) -> bool:
    row = await one.store.execution(id)
    return row is not None and row.status is ExecutionStatus.WAITING and (row.wake_at or 0) > row.accepted_at + 2e9


async def test_what_a_crash_left_unprojected_is_projected(tmp_path: Path) -> None:
    """Of what had ended when the next driver starts, and of what it takes up; nothing is missing in between."""
    nodes = {"a": note("a"), "w": node("flow.wait", {"seconds": 0.9}), "b": note("b")}
    async with engine(tmp_path) as one:
        done = await submit(one, tmp_path, workflow({"only": note("x")}))
        await one.wait(done, timeout=60)
        cut = await submit(one, tmp_path, workflow(nodes, edges=["a -> w", "w -> b"]))
        await logged(tmp_path, 2)
        await one.projector.drain()
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    database.execute("DELETE FROM node_runs")
    database.execute("UPDATE executions SET projected_seq = 0")
    database.close()
    async with asyncio.timeout(90), engine(tmp_path) as one:
        await one.wait(cut, timeout=60)
        while [row.path for row in await one.store.node_runs(done)] != ["only"]:
            await asyncio.sleep(0.01)
        await one.projector.drain()
        assert sorted(row.path for row in await one.store.node_runs(cut)) == ["a", "b", "w"]
