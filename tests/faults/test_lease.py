"""Leases on Postgres: real drivers and their renewing processes, stopped, killed and held up from outside."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import records as r
from studio.storage import open_store
from tests.faults.graphs import node
from tests.faults.harness import Process, records_of, until
from tests.faults.test_effects import workflow
from tests.faults.test_stale import Place
from tests.fixtures.postgres import Cluster

LEASE = 4.0
"""Long enough that a loaded machine renews in time; a test that outlasts it takes a little longer."""
PATIENCE = 60


class Leased(Place):
    """Drivers with data folders of their own on one Postgres database, as on several machines."""

    async def sql(self, text: str, *args: Any) -> Any:
        """The first value of a query, past Studio; while the server is away, asked again."""
        assert self.db is not None
        while True:
            try:
                connection = await asyncpg.connect(self.db)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
                continue
            try:
                return await connection.fetchval(text, *args)
            finally:
                await connection.close()

    async def driver(self, name: str, *more: str, lease: float = LEASE) -> Process:
        """A driver that is up."""
        process = self.start("--lease", str(lease), "--home", name, *more)
        await process.up(PATIENCE)
        return process

    async def hold(self, *, block: bool) -> str:
        """Accept an execution whose one node waits for a file."""
        params = {"log": str(self.folder / "held.txt"), "file": str(self.folder / "go"), "block": block}
        return await self.accept(workflow({"held": node("fault.hold", params)}, "{{ held.pid }}"))

    def said(self) -> list[str]:
        """What the node has said."""
        path = self.folder / "held.txt"
        return path.read_text().splitlines() if path.exists() else []

    async def says(self, line: str) -> None:
        """Wait until the node has said something."""

        async def so() -> bool:
            return line in self.said()

        await until(so, PATIENCE, line)

    async def owner(self, id: str) -> str:
        """The worker that owns an execution."""
        return await self.sql("SELECT owner FROM executions WHERE id = $1", id)

    async def lease(self, worker: str) -> int:
        """Until when a worker's lease is good."""
        return await self.sql("SELECT lease_until FROM workers WHERE id = $1", worker)

    async def renewed(self, worker: str, times: int = 1) -> None:
        """Wait until a lease was renewed so often."""
        for _ in range(times):
            before = await self.lease(worker)
            await until(self.later(worker, before), PATIENCE, "a renewal")

    def later(self, worker: str, than: int) -> Callable[[], Awaitable[bool]]:
        """Whether a lease is good for longer than it was."""

        async def so() -> bool:
            return await self.lease(worker) > than

        return so

    async def passed(self, moment: int) -> None:
        """Wait until the database's clock is past a moment."""

        async def so() -> bool:
            return await self.sql("SELECT extract(epoch FROM clock_timestamp()) * 1000000 > $1", moment)

        await until(so, PATIENCE, "the clock goes on")


@pytest.fixture
async def place(tmp_path: Path, postgres_url: str) -> AsyncIterator[Leased]:
    """On Postgres."""
    opened = await open_store(postgres_url, tmp_path / "data")
    one = Leased(tmp_path, postgres_url, opened)
    yield one
    for process in one.started:
        process.send(signal.SIGCONT)
        await process.kill()
    await opened.close()


def renewers(process: Process) -> list[int]:
    """The processes that renew the lease of a driver, dead ones that it has not noticed yet apart."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if int(parent) == process.pid and b"_renewer.py" in command and state != "Z":
                found.append(int(folder.name))
    return found


def there(pid: int) -> bool:
    """Whether a process runs."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def ready(pid: int) -> None:
    """Wait until a process ignores what it is to ignore."""

    async def so() -> bool:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
        (ignored,) = [int(line.split()[1], 16) for line in lines if line.startswith("SigIgn")]
        # All of them: what starts the tests may have had some ignored, which is inherited.
        return all(ignored >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))

    await until(so, PATIENCE, "signals are ignored")


async def gone(pid: int) -> None:
    """Wait for the end of a process."""

    async def so() -> bool:
        return not there(pid)

    await until(so, PATIENCE, "the end of the renewing process")


async def test_a_node_that_blocks_for_longer_than_the_lease_keeps_it(place: Leased) -> None:
    id = await place.hold(block=True)
    first = await place.driver("one")
    await place.says(f"begins {first.pid}")
    worker = await place.owner(id)
    await place.driver("two")
    await place.passed(await place.lease(worker))
    await place.renewed(worker, 2)
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    assert (row.status, row.epoch, row.recoveries) == (ExecutionStatus.SUCCEEDED, 1, 0)
    assert place.said() == [f"begins {first.pid}", f"seen {first.pid}"]


async def test_a_loop_that_hangs_for_longer_than_its_bound_loses_the_lease(place: Leased) -> None:
    """The hung driver learns at its next append that it has lost, and neither ends nor fails the execution."""
    id = await place.hold(block=True)
    first = await place.driver("one", "--hang", "1", lease=1)
    await place.says(f"begins {first.pid}")
    (renewer,) = renewers(first)
    second = await place.driver("two", "--hang", "600")
    await place.says(f"begins {second.pid}")
    assert there(renewer), "it waits for the loop to turn again"
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    await place.says(f"seen {first.pid}")
    assert (row.status, row.epoch) == (ExecutionStatus.SUCCEEDED, 2)
    segments = await place.opened.store.read(id)
    epochs = [segment.epoch for segment in segments]
    assert epochs == sorted(epochs), "a stale driver wrote after it had lost"
    done = [record for record in records_of(segments) if record[0] == r.DONE]
    assert len(done) == 1, "a node was acknowledged twice"
    assert first.alive, first.errors()


async def test_a_stopped_driver_stops_what_it_has_lost_as_soon_as_it_goes_on(place: Leased) -> None:
    """Also a node that would have waited on and written nothing."""
    id = await place.hold(block=False)
    first = await place.driver("one", "--hang", "1", lease=1)
    await place.says(f"begins {first.pid}")
    first.send(signal.SIGSTOP)
    second = await place.driver("two")
    await place.says(f"begins {second.pid}")
    first.send(signal.SIGCONT)
    await place.says(f"stopped {first.pid}")
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    assert (row.status, row.epoch) == (ExecutionStatus.SUCCEEDED, 2)
    assert place.said()[-1] == f"seen {second.pid}"
    assert f"seen {first.pid}" not in place.said()
    assert first.alive, first.errors()
    assert second.alive, second.errors()


async def test_a_killed_renewer_is_started_again(place: Leased) -> None:
    id = await place.hold(block=False)
    first = await place.driver("one")
    await place.says(f"begins {first.pid}")
    await place.driver("two")
    worker = await place.owner(id)
    for _ in range(3):
        (renewer,) = renewers(first)
        os.kill(renewer, signal.SIGKILL)

        async def another(old: int = renewer) -> bool:
            return renewers(first) not in ([], [old])

        await until(another, PATIENCE, "another renewing process")
    await place.renewed(worker, 2)
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    assert (row.status, row.epoch) == (ExecutionStatus.SUCCEEDED, 1)
    assert first.errors().count("it is started again") == 3


async def test_a_driver_stands_in_for_a_renewer_that_does_nothing(place: Leased) -> None:
    id = await place.hold(block=False)
    first = await place.driver("one")
    await place.says(f"begins {first.pid}")
    await place.driver("two")
    (renewer,) = renewers(first)
    os.kill(renewer, signal.SIGSTOP)
    worker = await place.owner(id)
    await place.passed(await place.lease(worker))
    await place.renewed(worker)
    assert (await place.row(id)).epoch == 1
    assert "the engine renews it itself" in first.errors()
    await first.kill()
    os.kill(renewer, signal.SIGCONT)
    await gone(renewer)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_no_driver_leaves_a_renewer_behind(place: Leased, number: signal.Signals) -> None:
    """Whether it waits for its first renewal or has long begun; and what is meant for the driver does not end it."""
    for lease in (LEASE, 600):
        first = await place.driver("one", lease=lease)
        (renewer,) = renewers(first)
        if lease == LEASE:
            await place.renewed(await place.sql("SELECT id FROM workers"))
        await ready(renewer)
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(renewer, ignored)
        await asyncio.sleep(0.1)
        assert renewers(first) == [renewer]
        first.send(number)
        await first.gone()
        await gone(renewer)
        left = await place.sql("SELECT count(*) FROM workers")
        assert left == (1 if number == signal.SIGKILL else 0), (
            "a lease is given back by who hands over, else it runs out"
        )
        await place.sql("DELETE FROM workers")
        assert "it is started again" not in first.errors()


async def test_a_driver_that_hands_over_needs_no_lease_to_run_out(place: Leased) -> None:
    id = await place.hold(block=False)
    first = await place.driver("one", lease=600)
    await place.says(f"begins {first.pid}")
    second = await place.driver("two", lease=600)
    first.send(signal.SIGTERM)
    assert await first.gone() == 0, first.errors()
    await place.says(f"begins {second.pid}")
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    assert (row.status, row.recoveries) == (ExecutionStatus.SUCCEEDED, 0)


async def test_leases_outlive_a_restart_of_the_server(place: Leased, postgres_cluster: Cluster) -> None:
    id = await place.hold(block=False)
    first = await place.driver("one", lease=600)
    second = await place.driver("two", lease=LEASE)
    await place.says(f"begins {first.pid}")
    (worker,) = {await place.owner(id)}
    other = await place.sql("SELECT id FROM workers WHERE id <> $1", worker)
    (renewer,) = renewers(second)
    await place.renewed(other)
    for mode in ("fast", "immediate"):
        await asyncio.to_thread(postgres_cluster.stop, mode)
        await asyncio.to_thread(postgres_cluster.start)
        await place.renewed(other, 2)
    assert renewers(second) == [renewer]
    (place.folder / "go").touch()
    row = await place.ended(id, PATIENCE)
    assert (row.status, row.epoch) == (ExecutionStatus.SUCCEEDED, 1)


async def test_the_renewer_shows_no_secret(place: Leased, postgres_cluster: Cluster) -> None:
    process = await place.driver("one")
    (renewer,) = renewers(process)
    await place.renewed(await place.sql("SELECT id FROM workers"), 2)
    folder = Path("/proc") / str(renewer)
    shown = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
    assert b"_renewer.py" in shown
    for secret in (postgres_cluster.password, "postgresql:", "STUDIO_"):
        assert secret.encode() not in shown
    os.kill(renewer, signal.SIGKILL)
    await gone(renewer)
    await process.kill()
    assert postgres_cluster.password not in process.errors()
