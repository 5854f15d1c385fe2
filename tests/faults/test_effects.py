"""What a crash may not do to effects, decisions, cancellations and messages, each at its own point."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import Engine, EngineConfig, Grants, StartRequest
from studio.engine import records as r
from studio.storage import open_store
from tests.engine.kit import Host
from tests.faults.drive import catalog
from tests.faults.graphs import node, note
from tests.faults.harness import read_log, records_of, until

CONFIG = EngineConfig(linger=0.0, poll_interval=0.01, max_recoveries=1000)


@asynccontextmanager
async def engine(tmp_path: Path, db: str | None = None, **config: Any) -> AsyncIterator[Engine]:
    """An engine that is dropped at the end as if its process had died: nothing is handed over."""
    opened = await open_store(db, tmp_path / "data")
    settings = EngineConfig(**{**{name: getattr(CONFIG, name) for name in CONFIG.__struct_fields__}, **config})
    one = Engine(
        store=opened.store, blobs=opened.blobs, catalog=catalog(), home=opened.home, host=Host(), config=settings
    )
    await one.start()
    try:
        yield one
    finally:
        await die(one)
        await opened.close()


async def die(one: Engine) -> None:
    """Stop everything in memory without a word to the store."""
    one.driving = False
    if one._driver is not None:
        one._driver.cancel()
    for run in list(one.runs.values()):
        await run.detach()
    one.flusher.stop()
    await one.projector.drain()


def workflow(nodes: dict[str, Any], output: Any = None, **rest: Any) -> Workflow:
    """A workflow that knows where the log lies."""
    inputs = {"log": {"type": "string"}}
    return Workflow.model_validate(
        {"studio": 1, "name": "f", "inputs": inputs, "nodes": nodes, "output": output, **rest}
    )


async def submit(one: Engine, tmp_path: Path, what: Workflow, **request: Any) -> str:
    """Start it."""
    log = str(tmp_path / "log.txt")
    return await one.submit(
        StartRequest(workflow=what, inputs={"log": log}, grants=Grants(folder=str(tmp_path)), **request)
    )


async def logged(tmp_path: Path, count: int) -> None:
    """Wait until the log has so many lines."""

    async def enough() -> bool:
        return len(read_log(tmp_path / "log.txt")) >= count

    await until(enough, 60, f"{count} lines in the log")


async def waits_for(one: Engine, id: str, reason: str) -> None:
    """Wait until an execution waits for this reason."""

    async def so() -> bool:
        row = await one.store.execution(id)
        return row is not None and row.status is ExecutionStatus.WAITING and reason in (row.reason or "")

    await until(so, 60, reason)


async def test_each_repetition_of_an_irreversible_effect_needs_a_decision_of_its_own(tmp_path: Path) -> None:
    what = workflow({"pay": note("paid", effect="irreversible", after=60)}, "{{ pay.value }}")
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what)
        await logged(tmp_path, 1)
    for repeated in range(1, 4):
        async with engine(tmp_path) as one:
            await waits_for(one, id, "wait.in_doubt")
            assert len(read_log(tmp_path / "log.txt")) == repeated
            await one.post(id, "decide", {"path": "pay", "decision": "run"})
            await logged(tmp_path, repeated + 1)
    async with engine(tmp_path) as one:
        await waits_for(one, id, "wait.in_doubt")
        await one.post(id, "decide", {"path": "pay", "decision": "happened", "output": {"value": "paid", "key": "k"}})
        result = await one.wait(id, timeout=60)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "paid")
    lines = read_log(tmp_path / "log.txt")
    assert len(lines) == 4
    assert len({line.key for line in lines}) == 1


async def test_a_keyed_effect_is_repeated_with_its_key_and_input(tmp_path: Path) -> None:
    what = workflow({"pay": note("{{ now }}", effect="keyed", after=0.5)}, "{{ [pay.value, pay.key] }}")
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what)
        await logged(tmp_path, 1)
        segments = await one.store.read(id)
        (intent,) = [record for record in records_of(segments) if record[0] == r.INTENT]
    async with engine(tmp_path) as one:
        result = await one.wait(id, timeout=60)
    lines = read_log(tmp_path / "log.txt")
    assert [line.attempt for line in lines] == [1, 1]
    assert {line.key for line in lines} == {result.output[1]}
    assert result.output[0].encode() in intent[8], "the input was resolved anew"


async def test_a_cancelled_execution_runs_finally_after_a_crash(tmp_path: Path) -> None:
    final = {"nodes": {"closed": note("closed", effect="keyed")}}
    body = {
        "nodes": {"first": note("first"), "ask": node("flow.approval", {"message": "?"})},
        "edges": ["first -> ask"],
    }
    nodes = {"t": {"type": "flow.try", "body": body, "finally": final}, "never": note("never")}
    what = workflow(nodes, None, edges=["t -> never"])
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what)
        await waits_for(one, id, "wait.approval")
    opened = await open_store(None, tmp_path / "data")
    silent = Engine(store=opened.store, blobs=opened.blobs, catalog=catalog(), home=opened.home, host=Host())
    await silent.post(id, "cancel", {"reason": "enough"})
    await opened.close()
    async with engine(tmp_path) as one:
        result = await one.wait(id, timeout=60)
    assert (result.status, result.error and result.error.code) == (ExecutionStatus.CANCELLED, "execution.cancelled")
    assert [line.path for line in read_log(tmp_path / "log.txt")] == ["t[body]/first", "t[finally]/closed"]


async def test_a_cancelled_parent_that_had_left_memory_cancels_its_child(tmp_path: Path) -> None:
    child = workflow({"ask": node("flow.approval", {"message": "?"})})
    what = workflow({"c": node("flow.call", {"workflow": "child", "inputs": {"log": "{{ inputs.log }}"}})})
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what, calls={"child": child})
        await waits_for(one, id, "wait.child")
    async with engine(tmp_path) as one:
        await one.post(id, "cancel", {"reason": "enough"})
        assert (await one.wait(id, timeout=60)).status is ExecutionStatus.CANCELLED
        from studio.contracts.store import ExecutionFilter

        (row,) = await one.store.executions(ExecutionFilter(workspace="default", parent_id=id))
        assert (await one.wait(row.id, timeout=60)).status is ExecutionStatus.CANCELLED


async def test_a_crash_while_failing_keeps_the_true_error(tmp_path: Path) -> None:
    """Nodes stopped by a failure are no failures of their own, though they come first in the file."""
    nodes = {
        "waiting": node("flow.approval", {"message": "?"}),
        "step": note(1, seconds=0.05),
        "fails": node("lab.flaky", {"failures": "{{ 9 if step.value else 0 }}", "kind": "user"}),
        "slow": note(2, seconds=60),
    }
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, workflow(nodes, None, settings={"grace": "60s"}))

        async def failing() -> bool:
            return any(
                record[0] == r.FAILED and record[2] == "fails" for record in records_of(await one.store.read(id))
            )

        await until(failing, 60, "the failure is committed")
        found = [record for record in records_of(await one.store.read(id)) if record[0] == r.FAILED]
        assert {record[2] for record in found} >= {"fails", "waiting"}
    async with engine(tmp_path) as one:
        result = await one.wait(id, timeout=60)
    assert result.error is not None
    assert (result.error.code, result.error.node) == ("lab.refused", "fails")
    assert [line.path for line in read_log(tmp_path / "log.txt")] == ["step"]


async def test_a_message_shown_twice_by_the_inbox_is_taken_once(tmp_path: Path) -> None:
    nodes = {
        "first": node("flow.signal_wait", {"name": "go"}),
        "second": node("flow.signal_wait", {"name": "go"}),
        "other": note(1, seconds=0.3),
    }
    what = workflow(nodes, "{{ [first.payload, second.payload] }}", edges=["first -> second"])
    async with engine(tmp_path, flush_interval=0.2) as one:
        id = await submit(one, tmp_path, what)
        await one.post(id, "signal", {"name": "go", "payload": 1}, message_id="m1")
        for _ in range(20):
            one.inboxes.look_again()
            one._bell.set()
            await asyncio.sleep(0.01)
        assert (await one.post(id, "signal", {"name": "go", "payload": 1}, message_id="m1")).outcome == "duplicate"
        await waits_for(one, id, "wait.signal")
        await one.post(id, "signal", {"name": "go", "payload": 2}, message_id="m2")
        assert (await one.wait(id, timeout=60)).output == [1, 2]


async def test_two_that_wait_for_the_same_signal_get_one_each(tmp_path: Path) -> None:
    nodes = {
        "a": node("flow.signal_wait", {"name": "go"}),
        "b": node("flow.signal_wait", {"name": "go"}),
        "busy": note(1, seconds=0.6),
    }
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, workflow(nodes, "{{ sorted([a.payload, b.payload]) }}"))
        await asyncio.sleep(0.1)
        for number in (1, 2):
            await one.post(id, "signal", {"name": "go", "payload": number})
            await asyncio.sleep(0.05)
        assert (await one.wait(id, timeout=60)).output == [1, 2]


async def test_records_are_committed_soon_although_a_node_runs_on(tmp_path: Path) -> None:
    """What is done while a slow commit is under way is not left in memory until something else happens."""
    nodes = {f"n{i}": note(i, effect="keyed") for i in range(8)} | {"long": note(0, seconds=60)}
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, workflow(nodes))

        async def committed() -> bool:
            done = {record[2] for record in records_of(await one.store.read(id)) if record[0] == r.DONE}
            return len(done) == 8

        await until(committed, 60, "eight nodes are committed")


async def test_what_was_given_up_can_be_replayed(tmp_path: Path) -> None:
    """From the node that it died of, with what came before reused."""

    def what(after: float) -> Workflow:
        nodes = {"first": note(7, effect="keyed"), "fatal": note("{{ first.value }}", effect="keyed", after=after)}
        return workflow(nodes, "{{ fatal.value }}")

    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, what(60))
        await logged(tmp_path, 2)
    async with engine(tmp_path, max_recoveries=0) as one:
        result = await one.wait(id, timeout=60)
        assert result.status is ExecutionStatus.DEAD
        assert result.error is not None
        assert result.error.code == "execution.dead"
        again = await submit(one, tmp_path, what(0), mode="replay", reuse=id, rerun=("fatal",))
        replayed = await one.wait(again, timeout=60)
        assert (replayed.status, replayed.output) == (ExecutionStatus.SUCCEEDED, 7)
        row = await one.store.execution(id)
        assert row is not None
        assert row.status is ExecutionStatus.DEAD
    lines = read_log(tmp_path / "log.txt")
    assert [line.path for line in lines] == ["first", "fatal", "fatal"]
    assert len({line.key for line in lines}) == 3, "a deliberate rerun has a key of its own"
