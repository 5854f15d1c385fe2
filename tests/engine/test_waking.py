"""Taking up many executions at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, StartRequest
from studio.engine import records as r
from tests.engine.gates import PATIENCE
from tests.engine.kit import engine, workflow

PARKING = EngineConfig(linger=0.0)
ASK = workflow({"ask": ("flow.signal_wait", {"name": "go"})}, output="{{ ask.payload }}")


class Counted:
    """A store that counts what is asked of it."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self.store, name)


async def _parked(one: Engine, number: int) -> list[str]:
    ids = [await one.submit(StartRequest(workflow=ASK)) for _ in range(number)]
    async with asyncio.timeout(PATIENCE):
        while one.runs:
            await asyncio.sleep(0.005)
    return ids


async def _signal(one: Engine, ids: Sequence[str]) -> None:
    for number, id in enumerate(ids):
        await one.post(id, "signal", {"name": "go", "payload": number}, message_id="m")


def _harm(data: Path, text: str, *args: Any) -> None:
    connection: Any = apsw.Connection(str(data / "studio.db"))
    try:
        connection.execute(text, args)
    finally:
        connection.close()


async def test_what_wakes_together_is_read_together(tmp_path: Path) -> None:
    async with engine(tmp_path, config=PARKING) as one:
        ids = await _parked(one, 40)
    async with engine(tmp_path, start=False) as one:
        await _signal(one, ids)
    counted: list[Counted] = []

    def count(store: Any) -> Any:
        counted.append(Counted(store))
        return counted[0]

    async with engine(tmp_path, config=PARKING, wrap=count) as one:
        for number, id in enumerate(ids):
            assert (await one.wait(id, timeout=PATIENCE, nodes=False)).output == number
        asked = counted[0].asked
    assert asked.count("journals") <= 3


@pytest.mark.parametrize("table", ["journal", "inbox"])
async def test_one_that_is_damaged_does_not_hold_up_the_others(tmp_path: Path, table: str) -> None:
    async with engine(tmp_path, config=PARKING) as one:
        ids = await _parked(one, 5)
    async with engine(tmp_path, start=False) as one:
        await _signal(one, ids)
    only = "seq = 0" if table == "journal" else "id = 'm'"
    _harm(tmp_path, f"UPDATE {table} SET payload = x'0102' WHERE execution_id = ? AND {only}", ids[2])
    async with engine(tmp_path, config=PARKING) as one:
        for number, id in enumerate(ids):
            result = await one.wait(id, timeout=PATIENCE, settle_waiting=True)
            if number == 2:
                assert (result.status, result.reason) == (ExecutionStatus.PAUSED, "wait.cannot_run")
            else:
                assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, number)


async def test_a_damaged_message_stops_just_the_run_it_is_for(tmp_path: Path) -> None:
    """Those that are in memory look into their inboxes together, too."""
    staying = workflow({"ask": ("flow.signal_wait", {"name": "go", "timeout": "10m"})}, output="{{ ask.payload }}")
    async with engine(tmp_path, config=EngineConfig(linger=1000.0)) as one:
        ids = [await one.submit(StartRequest(workflow=staying)) for _ in range(3)]
        async with asyncio.timeout(PATIENCE):
            while not all(one.runs[id].waits.any() for id in ids):
                await asyncio.sleep(0.005)
        one.inboxes.deliver = _nothing  # pyright: ignore[reportAttributeAccessIssue] - until all are there
        await _signal(one, ids)
        _harm(tmp_path, "UPDATE inbox SET payload = x'0102' WHERE execution_id = ?", ids[0])
        del one.inboxes.deliver
        one.inboxes.look_again()
        for number, id in enumerate(ids):
            result = await one.wait(id, timeout=PATIENCE, settle_waiting=True)
            expected = ExecutionStatus.SUCCEEDED if number else ExecutionStatus.PAUSED
            assert result.status is expected


async def _nothing() -> None:
    return


async def test_who_loses_one_of_many_stops_just_that_one(tmp_path: Path) -> None:
    """Another worker takes one of them over between the claim and its end."""
    async with engine(tmp_path, config=PARKING) as one:
        ids = await _parked(one, 4)
    async with engine(tmp_path, start=False) as one:
        await _signal(one, ids)

    class Late(Counted):
        async def journals(self, ids: Sequence[str]) -> Any:
            found = await self.store.journals(ids)
            if taken and taken[0] in ids:
                row = await self.store.execution(taken[0])
                await self.store.claim("other", 1, gone=[row.owner], ids=taken)
                taken.clear()
            return found

    taken = [ids[1]]
    async with engine(tmp_path, config=PARKING, wrap=Late) as one:
        for id in (ids[0], *ids[2:]):
            assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        row = await one.store.execution(ids[1])
        assert row is not None
        assert (row.owner, row.status) == ("other", ExecutionStatus.RUNNING)
        assert ids[1] not in one.runs
        records = [record[0] for part in await one.store.read(ids[1]) for record in r.unpack(part.payload)]
        assert r.END not in records
