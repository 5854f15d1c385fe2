"""Nodes that call workflows, and what is used up, killed at every commit and at every start of a child."""

from __future__ import annotations

import asyncio
import itertools
import signal
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import ExecutionFilter
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest, read_history
from studio.engine import records as r
from studio.storage import Opened, open_store
from tests.engine.kit import Host
from tests.faults.drive import catalog
from tests.faults.graphs import node, note
from tests.faults.harness import Process, read_log, records_of, until
from tests.faults.test_effects import engine, logged, waits_for, workflow

CALLED = {
    "spend": node("lab.spends", {"tokens": 7, "cost": 0.1}),
    "paid": note("{{ spend.done }}", effect="keyed"),
}
CALLS = 3


def calling(**params: Any) -> Any:
    """A node that calls three workflows, one of them twice."""
    given = {"workflow": "one", "inputs": {"log": "{{ inputs.log }}"}, "times": 2, "others": ["two"], **params}
    nodes = {"spend": node("lab.spends", {"tokens": 5}), "c": node("lab.caller", given)}
    return workflow(nodes, "{{ c.value }}")


def called(name: str) -> Any:
    """What is called: an effect and a use of tokens."""
    return workflow(CALLED, "{{ [paid.value, '" + name + "'] }}")


async def accept(opened: Opened, folder: Path, what: Any) -> str:
    """Accept an execution for whoever drives."""
    silent = Engine(store=opened.store, blobs=opened.blobs, catalog=catalog(), home=opened.home, host=Host())
    request = StartRequest(
        workflow=what,
        inputs={"log": str(folder / "log.txt")},
        calls={"one": called("one"), "two": called("two")},
        grants=Grants(folder=str(folder)),
    )
    return await silent.submit(request)


async def check(opened: Opened, folder: Path, id: str, lines: int) -> None:
    """One child for each call, each with its one key, and everything that was used counted once for the parent."""
    history = await read_history(opened.store, opened.blobs, id)
    assert (history.result.error, history.result.output) == (None, [[True, "one"], [True, "one"], [True, "two"]])
    rows = await opened.store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE, parent_id=id))
    assert [row.status for row in rows] == [ExecutionStatus.SUCCEEDED] * CALLS
    notes = read_log(folder / "log.txt")[lines:]
    assert {note.execution for note in notes} == {row.id for row in rows}
    assert len({note.key for note in notes}) == CALLS
    used = {row.id: [one for one in records_of(await opened.store.read(row.id)) if one[0] == r.USAGE] for row in rows}
    mine = [record for _seq, _index, record in history.records if record[0] == r.USAGE]
    told = {record[6]: record[4] for record in mine if record[6] is not None}
    assert told == {id: sum(record[4] for record in records) for id, records in used.items()}
    assert len([record for record in mine if record[6] is not None]) == CALLS
    assert history.result.tokens == sum(record[4] for record in mine) >= 5 + 7 * CALLS


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("place", ["sqlite", "postgres"])
async def test_killed_anywhere_each_call_has_one_child(
    tmp_path: Path, place: str, together: bool, request: pytest.FixtureRequest
) -> None:
    db = request.getfixturevalue("postgres_url") if place == "postgres" else None
    opened = await open_store(db, tmp_path / "data")
    kills = 0

    def start(number: int, fault: str | None = None) -> Process:
        argv = ["--data", str(tmp_path / "data"), "--folder", str(tmp_path), *(["--db", db] if db else [])]
        return Process(argv, tmp_path / f"output{number}.txt", fault)

    for number, fault in enumerate(_faults(together)):
        lines = len(read_log(tmp_path / "log.txt"))
        id = await accept(opened, tmp_path, calling(together=together))
        first = start(number, fault)
        try:
            await until(lambda one=first, id=id: _over(opened, one, id), 60, "a kill or the end")
        finally:
            await first.kill()
        kills += 0 if (await _status(opened, id)).terminal else 1
        second = start(number)
        try:
            await until(lambda id=id: _over(opened, None, id), 60, "the end")
        finally:
            await second.kill()
        assert second.code == -signal.SIGKILL, second.errors()
        await check(opened, tmp_path, id, lines)
    assert kills >= 10
    await opened.close()


def _faults(together: bool) -> list[str]:
    """Where to kill: around every start of a child, and around commits from the first to the last."""
    starts = [f"accept:{when}:{number}" for number in (1, 2, 3) for when in ("before", "after")]
    commits = [
        f"append:{when}:{number}" for number in range(1, 14, 3 if together else 1) for when in ("before", "after")
    ]
    return [*starts, *itertools.islice(commits, 0, None, 2 if together else 1)]


async def _status(opened: Opened, id: str) -> ExecutionStatus:
    row = await opened.store.execution(id)
    assert row is not None
    return row.status


async def _over(opened: Opened, process: Process | None, id: str) -> bool:
    return (process is not None and not process.alive) or (await _status(opened, id)).terminal


async def test_a_call_that_is_another_after_a_crash_is_refused(tmp_path: Path) -> None:
    """The node makes up an input on its second run: what came of the first call is not the answer to that."""
    child = workflow({"paid": note("x", effect="keyed", after=60)}, "{{ paid.value }}")
    params = {"workflow": "one", "inputs": {"log": "{{ inputs.log }}"}, "vary": True}
    what = workflow({"c": node("lab.caller", params, retry=1)}, "{{ c.value }}")
    request: dict[str, Any] = {"inputs": {"log": str(tmp_path / "log.txt")}, "calls": {"one": _open(child)}}
    async with engine(tmp_path) as one:
        id = await one.submit(StartRequest(workflow=what, **request))
        await logged(tmp_path, 1)
    async with engine(tmp_path) as one:
        result = await one.wait(id, timeout=60)
    assert result.error is not None
    assert result.error.code == "node.call_changed"


def _open(what: Any) -> Any:
    """A workflow that takes one more input."""
    return what.model_copy(update={"inputs": {**what.inputs, "n": {"type": "string"}}})


async def test_the_time_out_of_a_node_that_calls_counts_on_while_nothing_is_in_memory(tmp_path: Path) -> None:
    child = workflow({"s": node("flow.signal_wait", {"name": "go"})}, "{{ s.payload }}")
    params = {"workflow": "one", "inputs": {"log": "{{ inputs.log }}"}}
    what = workflow({"c": node("lab.caller", params, retry=1, timeout="2s")}, "{{ c.value }}")
    request: dict[str, Any] = {"inputs": {"log": str(tmp_path / "log.txt")}, "calls": {"one": child}}
    async with engine(tmp_path) as one:
        id = await one.submit(StartRequest(workflow=what, **request))
        await waits_for(one, id, "wait.child")
    await asyncio.sleep(2.1)
    async with engine(tmp_path) as one:
        result = await one.wait(id, timeout=60)
        assert result.error is not None
        assert result.error.code == "node.timeout"
        (row,) = await one.store.executions(ExecutionFilter(workspace=DEFAULT_WORKSPACE, parent_id=id))
        assert (await one.wait(row.id, timeout=60)).status is ExecutionStatus.CANCELLED
