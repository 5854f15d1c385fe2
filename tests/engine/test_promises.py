"""What is committed before what: effects, ends and events, seen from the store's side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import Segment
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import Engine, EngineConfig, Event, Grants, StartRequest
from studio.engine import records as r
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow

LAZY = EngineConfig(flush_interval=3600)
"""Only commits that somebody waits for happen."""


class Watched:
    """A store that remembers appended segments, and lets a test hold them up."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.appended: list[Segment] = []
        self.asked = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def append(self, segment: Segment) -> None:
        self.asked.set()
        await self.go.wait()
        await self._inner.append(segment)
        self.appended.append(segment)

    def levels(self, kind: int) -> list[Durability]:
        """How durable the segments were that hold such a record."""
        return [
            segment.durability
            for segment in self.appended
            if any(record[0] == kind for record in r.unpack(segment.payload))
        ]


@asynccontextmanager
async def watched(folder: Path, config: EngineConfig | None = None) -> AsyncIterator[tuple[Engine, Watched]]:
    """An engine on a store that is watched."""
    async with engine(folder / "data", config=config, wrap=Watched) as one:
        store: Any = one.store
        yield one, store


async def committed(one: Engine, id: str) -> list[r.Record]:
    """What the journal holds."""
    return [record for segment in await one.store.read(id) for record in r.unpack(segment.payload)]


@pytest.mark.parametrize("effect", ["keyed", "irreversible"])
async def test_the_intent_is_durable_before_the_effect(tmp_path: Path, gate: Gate, effect: str) -> None:
    """With the input, so that a repetition after a crash is the same; and with all that came before."""
    nodes = {
        "before": ("lab.add", {"value": 40}),
        "pay": ("lab.charge", {"ledger": "l.txt", "effect": effect, "what": "{{ 'sum ' + str(before.value) }}"}),
    }
    nodes["pay"][1]["gate"] = gate.name
    async with watched(tmp_path, LAZY) as (one, store):
        id = await one.submit(StartRequest(workflow=workflow(nodes), grants=Grants(folder=str(tmp_path))))
        await gate.reached()
        done, intent = (await committed(one, id))[1:]
        assert (done[0], done[2]) == (r.DONE, "before")
        assert (intent[0], intent[2], intent[6]) == (r.INTENT, "pay", effect)
        assert b"sum 41" in intent[8]
        assert intent[9] == {"length": 0}, "what the node prepared belongs to its intent"
        assert store.levels(r.INTENT) == [Durability.POWER]


@pytest.mark.parametrize("effect", ["pure", "read", "idempotent"])
async def test_other_effects_need_no_commit(tmp_path: Path, gate: Gate, effect: str) -> None:
    params = {"ledger": "l.txt", "effect": effect, "gate": gate.name}
    async with watched(tmp_path, LAZY) as (one, _store):
        what = workflow({"a": ("lab.charge", params)})
        id = await one.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
        await gate.reached()
        assert [record[0] for record in await committed(one, id)] == [r.START]


async def test_a_child_is_known_before_it_is_started(tmp_path: Path, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    what = workflow({"c": ("flow.call", {"workflow": "child"})})
    async with watched(tmp_path, LAZY) as (one, store):
        id = await one.submit(StartRequest(workflow=what, calls={"child": child}))
        await gate.reached()
        (known,) = [record for record in await committed(one, id) if record[0] == r.CHILD]
        assert await one.store.execution(known[3]) is not None
        assert store.levels(r.CHILD) == [Durability.POWER]


async def test_state_is_written_after_what_led_to_it(tmp_path: Path, gate: Gate) -> None:
    """State set in the middle of a run is in the world: what came before it is committed first."""
    nodes = {"before": ("lab.add", {"value": 1}), "keep": ("lab.hands", {"what": "now"})}
    async with watched(tmp_path, LAZY) as (one, store):
        store.go.clear()
        id = await one.submit(StartRequest(workflow=workflow(nodes, edges=["before -> keep"])))
        await asyncio.wait_for(store.asked.wait(), PATIENCE)
        assert (await one.store.node_state("default", "Test/keep")).version == 0
        store.go.set()
        assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        assert (await one.store.node_state("default", "Test/keep")).version == 1


async def test_an_end_is_durable_and_told_only_then(tmp_path: Path) -> None:
    """Neither the event, nor the result, nor the status may come before the commit."""
    async with watched(tmp_path, LAZY) as (one, store):
        store.go.clear()
        id = await one.submit(StartRequest(workflow=workflow({"a": ("lab.add", {"value": 1})})))
        seen: list[Event] = []

        async def watch() -> None:
            async for event in one.events(id):
                seen.append(event)

        watching = asyncio.ensure_future(watch())
        waiting = asyncio.ensure_future(one.wait(id, timeout=PATIENCE))
        await asyncio.wait_for(store.asked.wait(), PATIENCE)
        await asyncio.sleep(0.3)  # longer than both look again by themselves
        assert [event.kind for event in seen if event.seq >= 0] == ["accepted"]
        assert not waiting.done()
        row = await one.store.execution(id)
        assert row is not None
        assert row.status is ExecutionStatus.RUNNING
        store.go.set()
        assert (await waiting).status is ExecutionStatus.SUCCEEDED
        await watching
        assert [event.kind for event in seen if event.seq >= 0] == ["accepted", "succeeded", "ended"]
        assert store.levels(r.END) == [Durability.POWER]


@pytest.mark.parametrize("type", ["lab.slow", "lab.add"])
@pytest.mark.parametrize(("settings", "expected"), [({"acknowledge": "node"}, ["a"]), ({}, [])])
async def test_a_workflow_may_ask_for_a_commit_after_every_node(
    tmp_path: Path, gate: Gate, settings: Any, expected: list[str], type: str
) -> None:
    """Also where the node is pure, and is otherwise run in place."""
    nodes = {"a": (type, {"value": 1}), "hold": ("lab.gate", {"name": gate.name, "value": "{{ a.value }}"})}
    async with watched(tmp_path, LAZY) as (one, _store):
        id = await one.submit(StartRequest(workflow=workflow(nodes, settings=settings)))
        await gate.reached()
        assert [record[2] for record in await committed(one, id) if record[0] == r.DONE] == expected


async def test_keys_are_the_same_on_retry_and_differ_otherwise(tmp_path: Path) -> None:
    """Over attempts; by execution, path, item and fallback."""
    pay = {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "lose_answer": 2}}
    twice = {**pay, "retry": {"max_attempts": 3, "first_delay": "0s"}}
    fallback = [{"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "keyed"}}]
    nodes = {
        "a": twice,
        "b": {**pay, "fallback": fallback},
        "m": {"type": "flow.map", "params": {"items": [1, 2]}, "body": {"nodes": {"c": twice}}},
    }
    async with engine(tmp_path / "data") as one:
        for _ in range(2):
            assert (await run(one, workflow(nodes), grants=Grants(folder=str(tmp_path)))).error is None
    lines = [line.split(" ") for line in (tmp_path / "l.txt").read_text().splitlines()]
    found: dict[str, list[str]] = {}
    for key, path, _what, _attempt in lines:
        found.setdefault(path, []).append(key)
    assert {path: (len(keys), len(set(keys))) for path, keys in found.items()} == {
        "a": (6, 2),
        "b": (4, 4),
        "m[0]/c": (6, 2),
        "m[1]/c": (6, 2),
    }
    every = {key for keys in found.values() for key in keys}
    assert len(every) == 2 + 4 + 2 + 2
