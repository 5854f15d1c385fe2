"""What a store refuses, forgets to answer or cannot do: only what is to blame ends, and nothing hangs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest

from studio.contracts.store import ExecutionFilter, Idempotency
from studio.domain.errors import StorageFull, StorageUnavailable, StudioError
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, StartRequest
from studio.engine.run import Run
from tests.engine import kit
from tests.engine.gates import PATIENCE

REFUSING = {
    "sqlite": "CREATE TRIGGER refusing BEFORE UPDATE ON executions WHEN NEW.error_code = 'lab.refused'"
    " BEGIN SELECT RAISE(ABORT, 'not this one'); END",
    "postgres": "ALTER TABLE executions ADD CONSTRAINT refusing CHECK (error_code <> 'lab.refused')",
}
FAILS = {"bad": ("lab.flaky", {"failures": 9, "kind": "user"})}
FINE = {"one": ("lab.add", {"value": 1})}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    """No URL, or that of a fresh Postgres database."""
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


async def refuse(url: str | None, data: Path) -> None:
    """Make the database refuse, behind Studio's back, what holds a certain error code."""
    if url is None:
        connection = apsw.Connection(str(data / "studio.db"))
        connection.set_busy_timeout(5000)
        connection.execute(REFUSING["sqlite"])
        connection.close()
    else:
        remote = await asyncpg.connect(url)
        await remote.execute(REFUSING["postgres"])
        await remote.close()


async def start(one: Engine, nodes: dict[str, Any], **rest: Any) -> str:
    """Start a workflow of these nodes."""
    return await one.submit(StartRequest(workflow=kit.workflow(nodes, **rest)))


class Answering:
    """Passes everything on to a store; ``method`` is answered with the errors, one each time, before or after it."""

    def __init__(self, store: Any, method: str, errors: list[StudioError], *, after: bool = False) -> None:
        self._store = store
        self._method = method
        self._errors = errors
        self._after = after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if name != self._method or not self._errors:
            return real

        async def answer(*args: Any, **kwargs: Any) -> Any:
            error = self._errors.pop(0)
            if self._after:
                await real(*args, **kwargs)
            raise error

        return answer


def away() -> StudioError:
    """What a store says that lost its database at the wrong moment."""
    return StorageUnavailable("storage.commit_unknown", "The outcome of a commit cannot be learnt.")


async def test_only_the_culprit_is_given_up(tmp_path: Path, url: str | None) -> None:
    async with kit.engine(tmp_path / "data", db=url) as one:
        await refuse(url, tmp_path / "data")
        waiting = await start(one, {"asked": ("flow.signal_wait", {"name": "go"})})
        parent = await one.submit(
            StartRequest(
                workflow=kit.workflow({"called": ("flow.call", {"workflow": "child"}, {"on_error": "continue"})}),
                calls={"child": kit.workflow(FAILS)},
            )
        )
        culprits = [await start(one, FAILS) for _ in range(3)]
        fine = [await start(one, FINE) for _ in range(3)]
        for id in culprits:
            result = await one.wait(id, timeout=PATIENCE)
            assert result.status is ExecutionStatus.DEAD
            assert result.error is not None
            assert result.error.code == "execution.refused"
        for id in fine:
            assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        await one.post(waiting, "signal", {"name": "go", "payload": {}})
        for id in (waiting, parent):
            assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        assert one.failure is None
        assert one.runs == {}


async def test_an_execution_whose_acceptance_was_not_answered_is_driven(tmp_path: Path, url: str | None) -> None:
    """It is owned by an engine that was told that there is none."""
    config = EngineConfig(lease=0.3, hang=60)
    async with kit.engine(tmp_path / "data", db=url, config=config) as one:
        one.store = Answering(one.store, "accept", [away()], after=True)
        what = kit.workflow(FINE)
        key = {"idempotency": Idempotency("once", b"body", 3_600_000_000)}
        with pytest.raises(StorageUnavailable):
            await one.submit(StartRequest(workflow=what, **key))
        id = await one.submit(StartRequest(workflow=what, **key))
        result = await one.wait(id, timeout=PATIENCE)
        assert result.status is ExecutionStatus.SUCCEEDED
        row = await one.store.execution(id)
        assert row is not None
        assert (row.epoch, row.recoveries) == (2, 0)


async def test_a_run_that_dies_of_something_unforeseen_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dying(*_: Any) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(Run, "_end", dying)
    async with kit.engine(tmp_path / "data") as one:
        id = await start(one, FINE)
        with pytest.raises(StudioError, match="unforeseen"):
            await one.wait(id, timeout=PATIENCE)


async def test_a_store_that_fails_at_the_output_fails_no_execution(tmp_path: Path) -> None:
    """The engine stops, and the execution goes on when there is room."""

    class Full:
        def __init__(self, blobs: Any) -> None:
            self._blobs = blobs

        def __getattr__(self, name: str) -> Any:
            if name == "put":
                raise StorageFull("storage.folder_full", "There is no space left for {path}.", path="here")
            return getattr(self._blobs, name)

    what = {"output": "{{ 'x' * 100000 + str(one.value) }}"}
    async with kit.engine(tmp_path / "data") as one:
        one.blobs = Full(one.blobs)
        id = await start(one, FINE, **what)
        with pytest.raises(StorageFull):
            await one.wait(id, timeout=PATIENCE)
    async with kit.engine(tmp_path / "data") as one:
        assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED


async def test_projections_that_failed_are_written_later(tmp_path: Path, url: str | None) -> None:
    async with kit.engine(tmp_path / "data", db=url, start=False) as one:
        one.projector._store = Answering(one.store, "project", [away(), away()])
        await one.start()
        for number in range(3):
            id = await start(one, {f"n{number}{at}": ("lab.add", {"value": at}) for at in range(3)})
            assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
            if number < 2:
                while one.projector.failure is None or one.projector._task is not None:
                    await asyncio.sleep(0.01)
                one.projector.failure = None
        await one.projector.drain()
        for row in await one.store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE)):
            assert len(await one.store.node_runs(row.id)) == 3
            assert row.projected_seq == row.next_seq - 1
