"""Calls that nodes make themselves: children found again, cancelled, failed, retried."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import ExecutionFilter, ExecutionRow
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, ExecutionResult, Grants, StartRequest
from studio.engine import records as r
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow

OK = ExecutionStatus.SUCCEEDED
DOUBLE = workflow({}, inputs={"n": {"type": "integer", "default": 21}}, output="{{ inputs.n * 2 }}", name="double")


def calling(params: dict[str, Any], **rest: Any) -> Any:
    """A workflow with one node that calls."""
    return workflow({"c": ("lab.caller", {"workflow": "child", **params}, rest)}, output="{{ c.value }}")


async def children(one: Engine, id: str) -> list[ExecutionRow]:
    """The children of an execution, oldest first."""
    rows = await one.store.executions(ExecutionFilter(workspace="default", parent_id=id))
    return sorted(rows, key=lambda row: row.id)


async def ended(one: Engine, id: str) -> ExecutionResult:
    return await one.wait(id, timeout=PATIENCE)


@pytest.mark.parametrize("how", [{}, {"together": True}, {"all_at_once": True}])
async def test_a_node_calls_and_goes_on_with_the_outputs(engine: Engine, how: dict[str, bool]) -> None:
    what = calling({"inputs": {"n": 4}, "times": 3, "others": ["more"], **how})
    id = await engine.submit(StartRequest(workflow=what, calls={"child": DOUBLE, "more": DOUBLE}))
    result = await ended(engine, id)
    assert (result.error, result.output) == (None, [8, 8, 8, 8])
    rows = await children(engine, id)
    assert [(row.parent_id, row.root_id, row.depth, row.trigger) for row in rows] == [(id, id, 1, "call")] * 4
    assert all(row.status is OK for row in rows)


async def test_the_call_is_durable_before_its_child_is_started(engine: Engine, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    id = await engine.submit(StartRequest(workflow=calling({}), calls={"child": child}))
    await gate.reached()
    records = [one for part in await engine.store.read(id) for one in r.unpack(part.payload)]
    (row,) = await children(engine, id)
    assert [one[3] for one in records if one[0] == r.CHILD] == [row.id]
    gate.open()
    assert (await ended(engine, id)).status is OK


async def test_who_waits_for_several_children_leaves_memory(tmp_path: Path) -> None:
    child = workflow({"s": ("flow.signal_wait", {"name": "go"})}, output="{{ s.payload }}", name="child")
    log = tmp_path / "log.txt"
    what = calling({"times": 3, "all_at_once": True, "log": str(log)})
    async with engine(tmp_path / "data", config=EngineConfig(linger=0.0, poll_interval=0.01)) as one:
        id = await one.submit(StartRequest(workflow=what, calls={"child": child}))
        async with asyncio.timeout(PATIENCE):
            while one.runs or len(await children(one, id)) < 3:
                await asyncio.sleep(0.01)
        rows = await children(one, id)
        for number, row in reversed(list(enumerate(rows))):
            await one.post(row.id, "signal", {"name": "go", "payload": number})
        result = await ended(one, id)
        assert len(await children(one, id)) == 3
    assert (result.error, sorted(result.output)) == (None, [0, 1, 2])
    assert len(log.read_text().splitlines()) >= 2, "the node began anew when it was taken up"


async def test_a_failing_one_of_several_children(engine: Engine) -> None:
    fails = workflow({"f": ("flow.fail", {"message": "no"})}, name="fails")
    what = calling({"others": ["bad"], "times": 2, "all_at_once": True})
    id = await engine.submit(StartRequest(workflow=what, calls={"child": DOUBLE, "bad": fails}))
    result = await ended(engine, id)
    assert result.error is not None
    assert result.error.code == "flow.call_failed"
    assert [row.status for row in await children(engine, id)].count(OK) == 2


@pytest.mark.parametrize("limit", [None, "1h"])
async def test_who_only_waits_for_a_child_leaves_memory(tmp_path: Path, limit: str | None) -> None:
    """The child waits for a signal: neither is in memory until it comes, and the node is run from its beginning."""
    child = workflow({"s": ("flow.signal_wait", {"name": "go"})}, output="{{ s.payload }}", name="child")
    log = tmp_path / "log.txt"
    more = {"timeout": limit} if limit else {}
    what = calling({"times": 2, "log": str(log)}, **more)
    async with engine(tmp_path / "data", config=EngineConfig(linger=0.0, poll_interval=0.01)) as one:
        id = await one.submit(StartRequest(workflow=what, calls={"child": child}))
        for number in range(2):
            async with asyncio.timeout(PATIENCE):
                while one.runs or len(await children(one, id)) <= number:
                    await asyncio.sleep(0.01)
            row = await one.store.execution(id)
            assert row is not None
            assert (row.status, "wait.child" in str(row.reason)) == (ExecutionStatus.WAITING, True)
            assert (row.wake_at is not None) is True
            await one.post((await children(one, id))[number].id, "signal", {"name": "go", "payload": number})
        result = await ended(one, id)
    assert (result.error, result.output) == (None, [0, 1])
    assert len(log.read_text().splitlines()) >= 3, "the node began anew each time it was taken up"


async def test_the_end_of_the_parent_reaches_the_child(engine: Engine, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    for together in (False, True):
        id = await engine.submit(
            StartRequest(workflow=calling({"times": 2, "together": together}), calls={"child": child})
        )
        await gate.reached(3 if together else 1)
        await engine.post(id, "cancel", {"reason": "enough"})
        assert (await ended(engine, id)).status is ExecutionStatus.CANCELLED
        rows = await children(engine, id)
        assert len(rows) == (2 if together else 1)
        for row in rows:
            assert (await ended(engine, row.id)).status is ExecutionStatus.CANCELLED


async def test_a_cancel_reaches_the_child_of_a_parent_that_is_not_in_memory(tmp_path: Path) -> None:
    child = workflow({"s": ("flow.signal_wait", {"name": "go"})}, name="child")
    async with engine(tmp_path / "data", config=EngineConfig(linger=0.0, poll_interval=0.01)) as one:
        id = await one.submit(StartRequest(workflow=calling({}), calls={"child": child}))
        async with asyncio.timeout(PATIENCE):
            while one.runs or not await children(one, id):
                await asyncio.sleep(0.01)
        await one.post(id, "cancel", {"reason": "enough"})
        assert (await ended(one, id)).status is ExecutionStatus.CANCELLED
        (row,) = await children(one, id)
        assert (await ended(one, row.id)).status is ExecutionStatus.CANCELLED


async def test_a_node_that_stops_waiting_cancels_the_child(engine: Engine, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    id = await engine.submit(StartRequest(workflow=calling({"limit": 0.3}), calls={"child": child}))
    assert (await ended(engine, id)).output == ["late"]
    # Where the machine is slow the time may be over before there is a child.
    for row in await children(engine, id):
        assert (await ended(engine, row.id)).status is ExecutionStatus.CANCELLED


async def test_a_failing_child_is_an_error_that_a_node_can_catch(engine: Engine) -> None:
    child = workflow({"bad": ("lab.flaky", {"failures": 9})}, name="child")
    caught = await run(engine, calling({"catch": True}), calls={"child": child})
    assert caught.output == ["flow.call_failed transient"]
    failed = await run(engine, calling({}, retry=1), calls={"child": child})
    assert failed.error is not None
    assert (failed.error.code, failed.error.node) == ("flow.call_failed", "c")


async def test_a_retry_keeps_what_succeeded_and_calls_anew_what_failed(engine: Engine, tmp_path: Path) -> None:
    """The first call stands; the second fails the node once, and its second child repeats the effect under its key."""
    good = workflow({"pay": ("lab.charge", {"ledger": "good.txt", "effect": "idempotent"})}, output=1, name="good")
    bad = workflow(
        {
            "pay": ("lab.charge", {"ledger": "bad.txt", "effect": "idempotent"}),
            "seen": ("files.read_text", {"path": "bad.txt"}),
            "fail": ("lab.flaky", {"failures": "{{ 9 if len(seen.text.split('\\n')) < 3 else 0 }}"}),
        },
        edges=["pay -> seen"],
        output=2,
        name="bad",
    )
    retry = {"max_attempts": 3, "first_delay": "1ms"}
    what = calling({"others": ["other"]}, retry=retry)
    grants = Grants(folder=str(tmp_path))
    id = await engine.submit(StartRequest(workflow=what, calls={"child": good, "other": bad}, grants=grants))
    result = await ended(engine, id)
    assert (result.error, result.output) == (None, [1, 2])
    assert len(await children(engine, id)) == 3
    assert len((tmp_path / "good.txt").read_text().splitlines()) == 1
    lines = (tmp_path / "bad.txt").read_text().splitlines()
    assert len(lines) == 2
    assert len({line.split()[0] for line in lines}) == 1


async def test_what_failed_is_replayed_without_what_succeeded(engine: Engine, tmp_path: Path) -> None:
    good = workflow({"pay": ("lab.charge", {"ledger": "good.txt", "effect": "idempotent"})}, output=1, name="good")
    bad = workflow(
        {
            "pay": ("lab.charge", {"ledger": "bad.txt", "effect": "idempotent"}),
            "fail": ("files.read_text", {"path": "here.txt"}),
        },
        edges=["pay -> fail"],
        output="{{ fail.text }}",
        name="bad",
    )
    request: dict[str, Any] = {"calls": {"child": good, "other": bad}, "grants": Grants(folder=str(tmp_path))}
    what = calling({"others": ["other"]})
    first = await run(engine, what, **request)
    assert first.error is not None
    (tmp_path / "here.txt").write_text("now")
    again = await run(
        engine, what, mode="replay", reuse=first.execution_id, retry_items=True, origin=first.execution_id, **request
    )
    assert (again.error, again.output) == (None, [1, "now"])
    for name in ("good.txt", "bad.txt"):
        assert len((tmp_path / name).read_text().splitlines()) == 1, name


async def test_calls_by_nobody_who_declares_them_or_of_nothing_known(engine: Engine) -> None:
    undeclared = await run(engine, workflow({"a": ("lab.hands", {"what": "call"})}))
    assert undeclared.error is not None
    assert undeclared.error.code == "node.calls_undeclared"
    unknown = await run(engine, calling({}))
    assert unknown.error is not None
    assert (unknown.error.code, unknown.error.node, unknown.error.param) == ("flow.call_unknown", "c", "workflow")
    wrong = await run(engine, calling({"inputs": {"n": "many"}}), calls={"child": DOUBLE})
    assert wrong.error is not None
    assert wrong.error.node == "c"


async def test_calls_nest_only_so_deep(engine: Engine) -> None:
    endless = calling({}, retry=1)
    result = await run(engine, endless, calls={"child": endless})
    assert result.error is not None
    assert "at most 32 deep" in result.error.message


async def test_who_waits_for_a_child_leaves_its_place_to_others(engine: Engine, gate: Gate) -> None:
    """Only one node may run at once, and the child ends only after the other one has."""
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    what = workflow(
        {"c": ("lab.caller", {"workflow": "child"}), "other": ("lab.slow", {"seconds": 0})},
        settings={"parallel": 1},
        output="{{ c.value }}",
    )
    id = await engine.submit(StartRequest(workflow=what, calls={"child": child}))
    await gate.reached()
    async with asyncio.timeout(PATIENCE):
        async for event in engine.events(id):
            if (event.kind, event.path) == ("succeeded", "other"):
                break
    gate.open()
    assert (await ended(engine, id)).status is OK
