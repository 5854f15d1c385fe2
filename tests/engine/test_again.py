"""Replay, fork, retry of failed items, caching, state, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import Idempotency
from studio.domain.errors import Conflict, NotFound
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest, read_history
from studio.engine.records import CHUNK
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import run, workflow

OK = ExecutionStatus.SUCCEEDED


def ledger(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def test_replay_from_a_node_reuses_what_came_before(engine: Engine, tmp_path: Path) -> None:
    def note(what: str, after: str = "") -> tuple[str, dict[str, Any]]:
        return "lab.charge", {"ledger": "l.txt", "effect": "idempotent", "what": what + after}

    what = workflow(
        {"a": note("a"), "b": note("b", "{{ '' if a.key else '' }}"), "c": note("c", "{{ '' if b.key else '' }}")}
    )
    grants = Grants(folder=str(tmp_path))
    first = await run(engine, what, grants=grants)
    again = await run(engine, what, grants=grants, mode="replay", reuse=first.execution_id, rerun=("b",))
    assert (first.status, again.status) == (OK, OK)
    assert [line.split()[2] for line in ledger(tmp_path / "l.txt")] == ["a", "b", "c", "b", "c"]
    keys = [line.split()[0] for line in ledger(tmp_path / "l.txt")]
    assert keys[1] != keys[3], "a deliberate rerun has a key of its own"


async def test_replay_with_a_changed_workflow(engine: Engine) -> None:
    first = await run(engine, workflow({"a": ("lab.add", {"value": 1}), "b": ("lab.add", {"value": "{{ a.value }}"})}))
    changed = workflow(
        {"a": ("lab.add", {"value": 1}), "b": ("lab.add", {"value": "{{ a.value }}", "by": 100})},
        output="{{ b.value }}",
    )
    again = await run(engine, changed, mode="replay", reuse=first.execution_id, rerun=("b",))
    assert again.output == 102


async def test_fork_copies_the_history_up_to_a_node(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.remember", {}), "b": ("lab.add", {"value": "{{ a.count }}"})}, output="{{ [a.count, b.value] }}"
    )
    first = await run(engine, what)
    fork = await run(engine, what, mode="fork", reuse=first.execution_id, copy_until="b")
    assert (first.output, fork.output) == ([1, 2], [1, 2])


async def test_replay_of_nothing_known(engine: Engine) -> None:
    what = workflow({"a": ("lab.add", {"value": 1})})
    with pytest.raises(NotFound):
        await run(engine, what, mode="replay", reuse="nowhere", rerun=("a",))
    first = await run(engine, what)
    with pytest.raises(NotFound):
        await run(engine, what, mode="replay", reuse=first.execution_id, rerun=("zz",))


@pytest.mark.parametrize("count", [7, 1200])
async def test_only_the_failed_items_are_retried_under_their_keys(engine: Engine, tmp_path: Path, count: int) -> None:
    engine.config.items_bytes = 4000
    (tmp_path / "ok").mkdir()
    body = {
        "nodes": {
            "read": {
                "type": "lab.flaky",
                "params": {"failures": "{{ 9 if item % 100 == 3 and inputs.bad else 0 }}", "kind": "user"},
            },
            "pay": {
                "type": "lab.charge",
                "params": {"ledger": "l.txt", "effect": "idempotent", "what": "{{ str(item + read.attempt) }}"},
            },
        },
        "output": "{{ item * 2 }}",
    }
    what = workflow(
        {
            "m": {
                "type": "flow.map",
                "params": {"items": f"{{{{ range({count}) }}}}", "on_item_error": "collect", "concurrency": 50},
                "body": body,
            }
        },
        inputs={"bad": {"type": "boolean", "default": True}},
        output="{{ [list(m.results), len(m.errors)] }}",
    )
    grants = Grants(folder=str(tmp_path))
    first = await run(engine, what, inputs={"bad": True}, grants=grants)
    failed = [n for n in range(count) if n % 100 == 3]
    assert first.error is None
    assert first.output == [[None if n in failed else n * 2 for n in range(count)], len(failed)]
    before = len(ledger(tmp_path / "l.txt"))
    assert before == count - len(failed)
    again = await run(
        engine, what, inputs={"bad": False}, grants=grants, mode="replay", reuse=first.execution_id, retry_items=True,
        origin=first.execution_id,
    )  # fmt: skip
    assert again.error is None
    assert again.output == [[n * 2 for n in range(count)], 0]
    lines = ledger(tmp_path / "l.txt")
    assert len(lines) == count
    assert sorted(line.split()[1] for line in lines[before:]) == sorted(f"m[{n}]/pay" for n in failed)
    assert len({line.split()[0] for line in lines}) == count


def charge(what: str) -> dict[str, Any]:
    """A node that leaves a line in the ledger."""
    return {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "what": what}}


def shaky(condition: str) -> dict[str, Any]:
    """A node that fails as long as ``inputs.bad`` holds."""
    return {
        "type": "lab.flaky",
        "params": {"failures": f"{{{{ 9 if {condition} and inputs.bad else 0 }}}}", "kind": "user"},
    }


async def test_inside_of_containers_only_what_failed_is_retried(engine: Engine, tmp_path: Path) -> None:
    """A loop whose third turn maps over calls, one of which fails: what was done before is not done again."""
    child = workflow(
        {"first": charge("{{ inputs.n }}"), "bad": shaky("inputs.n == '2.1'"), "last": charge("{{ inputs.n }}")},
        edges=["first -> bad", "bad -> last"],
        inputs={"n": {"type": "string"}, "bad": {"type": "boolean"}},
        name="child",
    )
    call = {
        "type": "flow.call",
        "params": {"workflow": "child", "inputs": {"n": "{{ state }}.{{ item }}", "bad": "{{ inputs.bad }}"}},
    }
    many = {"type": "flow.map", "params": {"items": [0, 1, 2], "concurrency": 1}, "body": {"nodes": {"call": call}}}
    safe = {"type": "flow.try", "body": {"nodes": {"many": many}}, "catch": {"nodes": {"c": shaky("true")}}}
    loop = {
        "type": "flow.while",
        "params": {"state": 0, "condition": "{{ state < 4 }}", "max": 9},
        "body": {
            "nodes": {"turn": charge("t{{ state }}"), "safe": safe},
            "edges": ["turn -> safe"],
            "next": "{{ state + 1 }}",
        },
    }
    what = workflow({"loop": loop}, inputs={"bad": {"type": "boolean"}}, output="{{ loop.state }}")
    more: dict[str, Any] = {"grants": Grants(folder=str(tmp_path)), "calls": {"child": child}}
    first = await run(engine, what, inputs={"bad": True}, **more)
    assert str(first.status) == "failed"
    before = ledger(tmp_path / "l.txt")
    again = await run(
        engine, what, inputs={"bad": False}, mode="replay", reuse=first.execution_id, retry_items=True,
        origin=first.execution_id, **more,
    )  # fmt: skip
    assert (again.error, again.output) == (None, 4)
    lines = ledger(tmp_path / "l.txt")
    done = [line.split()[2] for line in lines[len(before) :]]
    assert done == ["2.1", "2.2", "2.2", "t3", "3.0", "3.0", "3.1", "3.1", "3.2", "3.2"]
    assert len({line.split()[0] for line in lines}) == len(lines)


async def test_a_pure_node_is_cached(engine: Engine) -> None:
    what = workflow({"a": ("lab.lazy", {"value": 3}, {"cache": {"ttl": "1h"}})}, output="{{ a.value }}")
    assert (await run(engine, what)).output == 3
    assert (await run(engine, what)).output == 3
    other = workflow({"a": ("lab.lazy", {"value": 4}, {"cache": True})}, output="{{ a.value }}")
    assert (await run(engine, other)).output == 4


async def test_state_is_kept_on_success_only(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.remember", {"fail": "{{ inputs.fail }}"})},
        inputs={"fail": {"type": "boolean"}},
        output="{{ a.count }}",
    )
    assert (await run(engine, what, inputs={"fail": False})).output == 1
    assert (await run(engine, what, inputs={"fail": True})).status == ExecutionStatus.FAILED
    assert (await run(engine, what, inputs={"fail": False})).output == 2


async def test_a_rate_spreads_the_runs(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.limited", {"value": "{{ item }}"}, {"each": "{{ range(12) }}"})}, output="{{ len(a.results) }}"
    )
    result = await run(engine, what)
    assert result.output == 12
    assert result.seconds > 0.5


async def test_concurrency_limits_by_key(engine: Engine, gate: Gate) -> None:
    what = workflow(
        {"a": ("lab.gate", {"name": gate.name})},
        inputs={"who": {"type": "string"}},
        settings={"concurrency": {"limit": 1, "key": "{{ inputs.who }}"}},
    )
    ids = [await engine.submit(StartRequest(workflow=what, inputs={"who": who})) for who in ("x", "x", "y")]
    await gate.reached(2)
    rows = [await engine.store.execution(id) for id in ids]
    assert [str(row.status) for row in rows if row] == ["running", "queued", "running"]
    gate.open()
    results = [await engine.wait(id, timeout=PATIENCE) for id in ids]
    assert [result.status for result in results] == [OK] * 3


async def test_idempotency_keys(engine: Engine) -> None:
    what = workflow({"a": ("lab.remember", {})})
    key = Idempotency("order-1", b"body", 60_000_000)
    first = await engine.submit(StartRequest(workflow=what, idempotency=key))
    assert await engine.submit(StartRequest(workflow=what, idempotency=key)) == first
    with pytest.raises(Conflict):
        await engine.submit(StartRequest(workflow=what, idempotency=Idempotency("order-1", b"other", 60_000_000)))
    assert (await engine.wait(first, timeout=PATIENCE)).status == OK


async def test_a_budget_of_node_runs(engine: Engine) -> None:
    nodes = {
        f"n{i}": ("lab.slow", {"seconds": 0, "value": "{{ n" + str(i - 1) + ".value }}" if i else 1}) for i in range(6)
    }
    result = await run(engine, workflow(nodes, settings={"budget": {"node_runs": 3}}))
    assert result.error is not None
    assert result.error.code == "execution.budget_node_runs"


async def test_events_are_numbered_without_gaps_and_resume(engine: Engine) -> None:
    what = workflow(
        {
            "s": ("lab.streams", {"parts": ["a", "b", "c"]}),
            "b": ("lab.slow", {"seconds": 0.05, "value": "{{ s.text }}"}),
        }
    )
    id = await engine.submit(StartRequest(workflow=what))
    seen = [event async for event in engine.events(id)]
    numbered = [(event.seq, event.index) for event in seen if event.seq >= 0]
    assert numbered == sorted(set(numbered))
    assert [event.data["part"] for event in seen if event.kind == "part"] == ["a", "b", "c"]
    assert [event.kind for event in seen if event.seq >= 0][-1] == "ended"
    stored = (await read_history(engine.store, engine.blobs, id)).events()
    assert [(event.seq, event.index, event.kind) for event in stored] == [
        (event.seq, event.index, event.kind) for event in seen if event.seq >= 0
    ]
    later = [(event.seq, event.index) async for event in engine.events(id, numbered[2])]
    assert later == numbered[3:]


async def test_snapshots_replace_what_came_before(engine: Engine) -> None:
    engine.config.snapshot_bytes = 5_000
    node = {
        "type": "flow.while",
        "params": {"state": 0, "condition": "{{ state < 3000 }}", "max": 5000},
        "body": {"nodes": {"one": {"type": "lab.add", "params": {"value": "{{ state }}"}}}, "next": "{{ one.value }}"},
    }
    result = await run(engine, workflow({"w": node}, output="{{ w.state }}"))
    assert result.output == 3000
    segments = await engine.store.read(result.execution_id)
    assert sum(segment.snapshot for segment in segments) >= 2
    short = await engine.store.read(result.execution_id, from_snapshot=True)
    assert len(short) < len(segments)
    history = await read_history(engine.store, engine.blobs, result.execution_id)
    assert all(record[0] != CHUNK for _seq, _index, record in history.records)


async def test_node_runs_are_projected(engine: Engine) -> None:
    result = await run(
        engine, workflow({"a": ("lab.add", {"value": 1}), "b": ("lab.slow", {"value": "{{ a.value }}"})})
    )
    await engine.projector.drain()
    rows = await engine.store.node_runs(result.execution_id)
    assert {(row.path, row.type, str(row.status)) for row in rows} == {
        ("a", "lab.add", "succeeded"),
        ("b", "lab.slow", "succeeded"),
    }
    row = await engine.store.execution(result.execution_id)
    assert row is not None
    assert row.projected_seq >= row.next_seq - 1


async def test_each_item_of_a_node_is_cached(engine: Engine) -> None:
    """An entry per item: of a longer list only what is new is worked out."""

    async def cached(items: list[int]) -> tuple[Any, int]:
        what = workflow(
            {"a": ("lab.lazy", {"value": "{{ item }}"}, {"cache": True, "each": items})}, output="{{ a.results }}"
        )
        asked = engine.store.put_cached
        kept: list[str] = []

        async def keep(workspace: str, key: str, *rest: Any) -> None:
            kept.append(key)
            await asked(workspace, key, *rest)

        engine.store.put_cached = keep
        try:
            return (await run(engine, what)).output, len(kept)
        finally:
            engine.store.put_cached = asked

    assert await cached([1, 2]) == ([{"value": 1}, {"value": 2}], 2)
    assert await cached([1, 2, 3]) == ([{"value": 1}, {"value": 2}, {"value": 3}], 1)


@pytest.mark.parametrize("beside", ["{{ inputs.least }}", "{{ other.value }}"])
async def test_params_per_item_are_cached_with_what_they_refer_to(engine: Engine, beside: str) -> None:
    where = "{{ item >= " + beside.strip("{} ") + " }}"
    kept: list[str] = []
    asked = engine.store.put_cached

    async def keep(workspace: str, key: str, *rest: Any) -> None:
        kept.append(key)
        await asked(workspace, key, *rest)

    async def filtered(least: int, items: list[int], condition: str = where) -> tuple[Any, int]:
        nodes = {
            "other": ("lab.add", {"value": "{{ inputs.least }}", "by": 0}),
            "f": ("list.filter", {"items": items, "where": condition}, {"cache": True}),
        }
        what = workflow(nodes, inputs={"least": {"type": "integer"}}, output="{{ f.items }}")
        before = len(kept)
        result = await run(engine, what, inputs={"least": least})
        return result.output, len(kept) - before

    engine.store.put_cached = keep
    assert await filtered(2, [1, 2, 3]) == ([2, 3], 1)
    assert await filtered(2, [1, 2, 3]) == ([2, 3], 0)
    assert await filtered(3, [1, 2, 3]) == ([3], 1)
    assert await filtered(2, [1, 2, 4]) == ([2, 4], 1)
    assert await filtered(2, [1, 2, 3], "{{ item > 2 }}") == ([3], 1)
    drawn = "{{ random() < 2 and item > " + beside.strip("{} ") + " }}"
    assert await filtered(2, [1, 2, 3], drawn) == ([3], 0)


async def test_a_cached_node_may_refer_to_what_was_skipped(engine: Engine) -> None:
    nodes = {
        "off": ("lab.add", {"value": 1}, {"disabled": True}),
        "f": ("list.map", {"items": [1, 2], "value": "{{ item + default(off.value, 5) }}"}, {"cache": True}),
    }
    for _ in range(2):
        result = await run(engine, workflow(nodes, output="{{ f.items }}"))
        assert (result.error, result.output) == (None, [6, 7])
