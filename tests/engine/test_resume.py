"""An engine stops in the middle, another goes on: what is known is taken over, what is not known runs."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.contracts.store import Segment
from studio.domain.errors import StorageUnavailable
from studio.domain.status import ExecutionStatus
from studio.engine import EngineConfig, ExecutionResult, Grants, StartRequest, read_history
from studio.engine import records as r
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow

OK = ExecutionStatus.SUCCEEDED


def ledger(folder: Path) -> list[list[str]]:
    """Key, path, note and attempt of every effect."""
    path = folder / "l.txt"
    return [line.split(" ") for line in path.read_text().splitlines()] if path.exists() else []


def charge(what: str = "x", effect: str = "idempotent", **more: Any) -> dict[str, Any]:
    """A node that leaves a line in the ledger."""
    return {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": effect, "what": what, **more}}


def held(gate: Gate, value: Any = None) -> dict[str, Any]:
    """A node that stays at the gate."""
    return {"type": "lab.gate", "params": {"name": gate.name, "value": value}}


async def interrupted(folder: Path, what: Any, gate: Gate, come: int = 1, **request: Any) -> ExecutionResult:
    """Run until so many nodes are at the gate, stop there, and let another engine finish."""
    grants = Grants(folder=str(folder))
    async with engine(folder / "data") as one:
        id = await one.submit(StartRequest(workflow=what, grants=grants, **request))
        await gate.reached(come)
    async with engine(folder / "data") as one:
        await gate.reached(2 * come)
        gate.open()
        return await one.wait(id, timeout=PATIENCE)


async def test_settled_nodes_are_taken_over(tmp_path: Path, gate: Gate) -> None:
    nodes = {
        "done": charge(),
        "off": {**charge(), "run_if": "{{ done.key == '' }}"},
        "branch": {"type": "flow.if", "params": {"condition": "{{ done.key != '' }}"}},
        "taken": charge(),
        "not_taken": charge(),
        "continued": {"type": "lab.flaky", "params": {"failures": 9}, "on_error": "continue"},
        "routed": {"type": "lab.flaky", "params": {"failures": 9}, "on_error": "route"},
        "rescue": charge("{{ routed.error.code }}"),
        "hold": held(gate),
        "after": charge("{{ default(continued.attempt, 'none') }}"),
    }
    edges = ["branch.true -> taken", "branch.false -> not_taken", "routed.error -> rescue"]
    edges += [f"{name} -> hold" for name in ("off", "taken", "not_taken", "continued", "rescue")] + ["hold -> after"]
    result = await interrupted(tmp_path, workflow(nodes, edges=edges), gate)
    assert (result.status, result.error) == (OK, None)
    assert Counter(line[1] for line in ledger(tmp_path)) == Counter(["done", "taken", "rescue", "after"])
    assert [line[2] for line in ledger(tmp_path) if line[1] in ("rescue", "after")] == ["lab.down", "none"]
    seen = {path: str(node.status) for path, node in result.nodes.items()}
    assert seen == {
        "done": "succeeded",
        "off": "skipped",
        "branch": "succeeded",
        "taken": "succeeded",
        "not_taken": "skipped",
        "continued": "failed",
        "routed": "failed",
        "rescue": "succeeded",
        "hold": "succeeded",
        "after": "succeeded",
    }


async def test_loops_go_on_at_their_turn(tmp_path: Path, gate: Gate) -> None:
    def body(value: str) -> dict[str, Any]:
        choose = {"type": "flow.if", "params": {"condition": "{{ index == 2 }}"}}
        nodes = {"note": charge(value), "choose": choose, "hold": held(gate)}
        return {"nodes": nodes, "edges": ["note -> choose", "choose.true -> hold"]}

    loop = {"type": "flow.while", "params": {"state": 0, "condition": "{{ state < 4 }}", "max": 9}}
    reduce = {"type": "flow.reduce", "params": {"items": ["a", "b", "c", "d"], "initial": ""}}
    nodes = {
        "loop": {**loop, "body": {**body("{{ str(state) }}"), "next": "{{ state + 1 }}"}},
        "reduce": {**reduce, "body": {**body("{{ item }}"), "output": "{{ acc + item }}"}},
    }
    result = await interrupted(
        tmp_path, workflow(nodes, output="{{ [loop.state, loop.turns, reduce.result] }}"), gate, 2
    )
    assert (result.error, result.output) == (None, [4, 4, "abcd"])
    assert Counter((line[1], line[2]) for line in ledger(tmp_path)) == Counter(
        [(f"loop[{n}]/note", str(n)) for n in range(4)] + [(f"reduce[{n}]/note", "abcd"[n]) for n in range(4)]
    )


@pytest.mark.parametrize(("concurrency", "come", "held_up"), [(1, 1, "item == 3"), (8, 6, "true")])
async def test_a_map_runs_only_what_is_missing(
    tmp_path: Path, gate: Gate, concurrency: int, come: int, held_up: str
) -> None:
    """Items one after the other, of which the fourth is interrupted, and all beside each other in their middle."""
    body = {
        "nodes": {
            "note": charge("{{ str(item) }}"),
            "choose": {"type": "flow.if", "params": {"condition": f"{{{{ {held_up} }}}}"}},
            "hold": held(gate),
        },
        "edges": ["note -> choose", "choose.true -> hold"],
        "output": "{{ item * 2 }}",
    }
    params = {"items": "{{ range(6) }}", "concurrency": concurrency}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m.results }}")
    result = await interrupted(tmp_path, what, gate, come)
    assert (result.error, result.output) == (None, [0, 2, 4, 6, 8, 10])
    assert Counter(line[1] for line in ledger(tmp_path)) == Counter(f"m[{n}]/note" for n in range(6))


async def test_spilled_results_are_taken_over(tmp_path: Path, gate: Gate) -> None:
    """The beginning of a long map lies in a blob, later items in records, and one is interrupted."""
    body = {
        "nodes": {
            "note": charge("{{ str(item) }}"),
            "choose": {"type": "flow.if", "params": {"condition": "{{ item == 90 }}"}},
            "hold": held(gate),
        },
        "edges": ["note -> choose", "choose.true -> hold"],
        "output": "{{ 'text ' + str(item) }}",
    }
    params = {"items": "{{ range(100) }}", "concurrency": 1}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ list(m.results) }}")
    config, grants = EngineConfig(items_bytes=400), Grants(folder=str(tmp_path))
    async with engine(tmp_path / "data", config=config) as one:
        id = await one.submit(StartRequest(workflow=what, grants=grants))
        await gate.reached()
    async with engine(tmp_path / "data", config=config) as one:
        await gate.reached(2)
        gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.error, result.output) == (None, [f"text {n}" for n in range(100)])
    assert [line[2] for line in ledger(tmp_path)] == [str(n) for n in range(100)]


async def test_a_try_goes_on_in_its_phase(tmp_path: Path, gate: Gate) -> None:
    node = {
        "type": "flow.try",
        "body": {
            "nodes": {
                "note": charge("body"),
                "fail": {"type": "lab.flaky", "params": {"failures": "{{ 9 if note.key else 0 }}", "kind": "user"}},
            }
        },
        "catch": {"nodes": {"seen": charge("{{ error.code }}"), "hold": held(gate, "{{ seen.key }}")}, "output": "ok"},
        "finally": {"nodes": {"last": charge("finally")}},
    }
    nodes = {"before": ("lab.add", {"value": 1}), "t": node}
    what = workflow(nodes, edges=["before -> t"], output="{{ [t.output, t.error.code] }}")
    result = await interrupted(tmp_path, what, gate)
    assert (result.error, result.output) == (None, ["ok", "lab.refused"])
    assert [line[1:3] for line in ledger(tmp_path)] == [
        ["t[body]/note", "body"],
        ["t[catch]/seen", "lab.refused"],
        ["t[finally]/last", "finally"],
    ]


async def test_a_body_that_had_succeeded_is_not_repeated_for_its_finally(tmp_path: Path, gate: Gate) -> None:
    node = {
        "type": "flow.try",
        "body": {"nodes": {"note": charge("body")}, "output": "{{ note.key != '' }}"},
        "finally": {"nodes": {"hold": held(gate)}},
    }
    nodes = {"before": ("lab.add", {"value": 1}), "t": node}
    result = await interrupted(tmp_path, workflow(nodes, edges=["before -> t"], output="{{ t.output }}"), gate)
    assert (result.error, result.output) == (None, True)
    assert len(ledger(tmp_path)) == 1


async def test_the_fallback_that_had_begun_goes_on(tmp_path: Path, gate: Gate) -> None:
    """Its intent shows that the first choice had failed: that one is not tried again."""
    fallback = [{"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "keyed", "gate": gate.name}}]
    first = {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "what": "1st", "fail": True}}
    what = workflow({"pay": {**first, "fallback": fallback}}, output="{{ [pay.key, pay.recovering] }}")
    result = await interrupted(tmp_path, what, gate)
    lines = ledger(tmp_path)
    assert result.error is None
    assert [line[2] for line in lines] == ["1st", "", ""]
    assert result.output == [lines[1][0], True]
    assert lines[1][0] == lines[2][0] != lines[0][0], "the fallback has a key of its own, the same after the crash"


async def test_an_irreversible_fallback_in_doubt_waits_for_a_person(tmp_path: Path, gate: Gate) -> None:
    fallback = [{"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "irreversible", "gate": gate.name}}]
    first = {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "what": "1st", "fail": True}}
    what = workflow({"pay": {**first, "fallback": fallback}})
    async with engine(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
        await gate.reached()
    async with engine(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE, settle_waiting=True)
    assert (result.status, result.reason) == (ExecutionStatus.WAITING, "wait.in_doubt")
    assert len(ledger(tmp_path)) == 2


async def test_a_keyed_effect_keeps_its_input_over_a_crash_and_the_retry_after_it(tmp_path: Path, gate: Gate) -> None:
    """``now`` would differ where the input were resolved anew."""
    node = {**charge("{{ now }}", "keyed", gate=gate.name, lose_answer=1), "retry": {"first_delay": "0s"}}
    result = await interrupted(tmp_path, workflow({"pay": node}, output="{{ pay.recovering }}"), gate)
    assert (result.error, result.output) == (None, True)
    lines = ledger(tmp_path)
    assert [line[3] for line in lines] == ["1", "1", "2"]
    assert len({(line[0], line[2]) for line in lines}) == 1


async def test_a_retry_that_was_awaited_is_the_next_attempt(tmp_path: Path) -> None:
    retry = {"max_attempts": 3, "first_delay": "0s"}
    node = {"type": "lab.flaky", "params": {"failures": 1, "status": 429, "retry_after": 1.5}, "retry": retry}
    what = workflow({"a": node}, output="{{ a.attempt }}")
    async with engine(tmp_path / "data") as one:
        waiting = await run(one, what, timeout=0)
        async for event in one.events(waiting.execution_id):
            if event.kind == "retrying":
                break
    async with engine(tmp_path / "data") as one:
        result = await one.wait(waiting.execution_id, timeout=PATIENCE)
    assert (result.error, result.output, result.nodes["a"].attempts) == (None, 2, 2)


async def test_timers_keep_their_time(tmp_path: Path) -> None:
    what = workflow({"w": ("flow.wait", {"seconds": 1})}, output="{{ w.waited }}")
    async with engine(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what))
        async for event in one.events(id):
            if event.kind == "waiting":
                break
    async with engine(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.error, result.output) == (None, 1.0)


async def test_a_child_is_started_once(tmp_path: Path, gate: Gate) -> None:
    child = workflow({"note": charge("child"), "hold": held(gate, "{{ note.key }}")}, name="child", output="done")
    what = workflow({"c": ("flow.call", {"workflow": "child"})}, output="{{ c.output }}")
    result = await interrupted(tmp_path, what, gate, calls={"child": child})
    assert (result.error, result.output) == (None, "done")
    assert len(ledger(tmp_path)) == 1


@pytest.mark.parametrize("kind", ["approval", "signal"])
async def test_what_waits_for_a_message_goes_on_waiting(tmp_path: Path, kind: str) -> None:
    """The deadline is that of the first wait, and a message that comes while nobody drives is kept."""
    nodes: dict[str, Any] = {
        "approval": ("flow.approval", {"message": "?", "timeout": "1h"}),
        "signal": ("flow.signal_wait", {"name": "go", "timeout": "1h"}),
    }
    what = workflow({"w": nodes[kind]}, output="{{ [w.decision, w.by] }}" if kind == "approval" else "{{ w.payload }}")
    async with engine(tmp_path / "data") as one:
        first = await run(one, what, timeout=1)
    async with engine(tmp_path / "data", start=False) as one:
        payload = {"path": "w", "decision": "approve", "by": "ann"} if kind == "approval" else {"name": "go"}
        posted = await one.post(first.execution_id, kind, {**payload, "payload": 7})
    assert (first.status, posted.outcome) == (ExecutionStatus.WAITING, "accepted")
    async with engine(tmp_path / "data") as one:
        result = await one.wait(first.execution_id, timeout=PATIENCE)
    assert (result.error, result.output) == (None, ["approve", "ann"] if kind == "approval" else 7)


async def test_a_cancel_that_was_taken_holds_after_a_crash(tmp_path: Path, gate: Gate) -> None:
    """It has left the inbox and the execution has not ended yet: ``finally`` goes on, and the end is a cancellation."""
    node = {
        "type": "flow.try",
        "body": {"nodes": {"wait": {"type": "flow.approval", "params": {"message": "?"}}}},
        "finally": {"nodes": {"hold": held(gate)}},
    }
    what = workflow({"t": node, "after": charge()}, edges=["t -> after"])
    async with engine(tmp_path / "data") as one:
        id = (await run(one, what, timeout=1, grants=Grants(folder=str(tmp_path)))).execution_id
        await one.post(id, "cancel", {"reason": "enough"})
        await gate.reached()
    gate.open()
    async with engine(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.error and result.error.code) == (ExecutionStatus.CANCELLED, "execution.cancelled")
    assert ledger(tmp_path) == []


class StatusLost:
    """A store that keeps an end, but loses the status that goes with it and then its connection."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def append(self, segment: Segment) -> None:
        update = segment.update
        if update is None or update.status is not OK:
            await self._store.append(segment)
            return
        await self._store.append(msgspec.structs.replace(segment, update=None))
        raise StorageUnavailable("storage.gone", "The connection is gone.")


async def test_an_end_without_its_status_is_not_reached_again(tmp_path: Path) -> None:
    """A journal that has its end gets the status: nothing runs again, and there is one end."""
    data = tmp_path / "data"
    grants = Grants(folder=str(tmp_path))
    what = workflow({"once": charge()}, output="{{ once.key }}")
    async with engine(data, wrap=StatusLost) as one:
        id = await one.submit(StartRequest(workflow=what, grants=grants))
        with suppress(StorageUnavailable):
            await one.wait(id, timeout=PATIENCE)
    async with engine(data) as one:
        result = await one.wait(id, timeout=PATIENCE)
        history = await read_history(one.store, one.blobs, id)
    assert result.error is None, result.error
    assert (result.status, result.error) == (OK, None)
    assert [line[1] for line in ledger(tmp_path)] == ["once"]
    assert [record[0] for _seq, _index, record in history.records].count(r.END) == 1


async def test_a_node_that_will_not_be_stopped_holds_up_nobody(tmp_path: Path, gate: Gate) -> None:
    nodes = {"first": charge(), "stays": {"type": "lab.stubborn", "params": {"name": gate.name}}}
    what = workflow(nodes, edges=["first -> stays"], output="{{ stays.come }}")
    async with engine(tmp_path / "data", config=EngineConfig(cancel_grace=0.1)) as one:
        id = await one.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
        await gate.reached()
    async with engine(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
        row = await one.store.execution(id)
    assert (result.status, result.output) == (OK, 1)
    assert row is not None
    assert row.recoveries == 0
    assert len(ledger(tmp_path)) == 1
    gate.open()
