"""Breakpoints: where an execution stops, goes on by steps, is changed, and what of that survives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import Engine, EngineConfig, StartRequest, read_history
from studio.engine import records as r
from studio.engine.debugging import all_held, editor_path, split_path
from studio.engine.history import recover
from studio.engine.records import Memory
from tests.engine import kit
from tests.engine.gates import PATIENCE
from tests.engine.kit import workflow

LINE = workflow(
    {
        "load": ("flow.set", {"values": {"n": 1}}),
        "twice": ("flow.set", {"values": {"n": "{{ load.values.n * 2 }}"}}),
        "other": ("flow.set", {"values": {"n": "{{ load.values.n + 10 }}"}}),
        "last": ("flow.set", {"values": {"n": "{{ twice.values.n + other.values.n }}"}}),
    },
    output="{{ last.values.n }}",
)
ROWS = workflow(
    {
        "rows": {
            "type": "flow.map",
            "params": {"items": [5, 6, 7], "concurrency": 1},
            "body": {
                "nodes": {
                    "a": {"type": "flow.set", "params": {"values": {"n": "{{ item }}"}}},
                    "b": {"type": "flow.set", "params": {"values": {"n": "{{ a.values.n * 10 }}"}}},
                },
                "output": "{{ b.values.n }}",
            },
        },
        "end": ("flow.set", {"values": {"n": "{{ sum(rows.results) }}"}}),
    },
    output="{{ end.values.n }}",
)
TURNS = workflow(
    {
        "loop": {
            "type": "flow.while",
            "params": {"state": 0, "condition": "{{ state < 3 }}", "max": 9},
            "body": {
                "nodes": {"one": {"type": "flow.set", "params": {"values": {"n": "{{ state + 1 }}"}}}},
                "next": "{{ one.values.n }}",
            },
        },
        "end": ("flow.set", {"values": {"n": "{{ loop.state }}"}}),
    },
    output="{{ end.values.n }}",
)


async def held(engine: Engine, id: str, *, started: bool = True) -> list[str]:
    """Where an execution waits at breakpoints, once it does nothing else."""
    if started:
        result = await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
        assert result.status in (ExecutionStatus.WAITING, ExecutionStatus.SUCCEEDED), result
        if result.status is ExecutionStatus.WAITING:
            assert result.reason == "wait.breakpoint"
    memory: Memory = recover(await engine.store.read(id)).memory
    return sorted(one.path for one in all_held(memory))


async def begin(engine: Engine, what: Workflow, **points: str | None) -> str:
    """Start with breakpoints; dots are written as two underscores."""
    at = {name.replace("__", "."): condition for name, condition in points.items()}
    return await engine.submit(StartRequest(workflow=what, test=True, breakpoints=at))


async def go(engine: Engine, id: str, path: str, *, step: bool = False) -> None:
    """Let a node run that waits; returns when it does not wait any more."""
    await engine.post(id, "go", {"path": path, "step": step})
    while path in await held(engine, id, started=False):
        await engine.wait(id, timeout=0.02)


def outputs(history: Any) -> list[str]:
    """The node runs that have ended, in their order."""
    return [record[1] + record[2] for _seq, _index, record in history.records if record[0] == r.DONE]


async def test_it_stops_before_the_node_while_others_go_on(engine: Engine) -> None:
    id = await begin(engine, LINE, twice=None)
    assert await held(engine, id) == ["twice"]
    history = await read_history(engine.store, engine.blobs, id)
    assert sorted(outputs(history)) == ["load", "other"]
    (stop,) = [record for _, _, record in history.records if record[0] == r.HELD]
    assert await history.values.decode((stop[5], stop[6])) == {"values": {"n": 2}}
    assert not engine.drives(id)
    await go(engine, id, "twice")
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, 13)
    kinds = [event.kind for event in (await read_history(engine.store, engine.blobs, id)).events()]
    assert kinds.index("held") < kinds.index("released") < kinds.index("ended")


async def test_a_step_runs_one_node_and_stops_before_what_comes_after_it(engine: Engine) -> None:
    id = await begin(engine, LINE, load=None)
    assert await held(engine, id) == ["load"]
    await go(engine, id, "load", step=True)
    assert await held(engine, id) == ["other", "twice"]
    await go(engine, id, "other", step=True)
    await go(engine, id, "twice", step=True)
    assert await held(engine, id) == ["last"]
    await go(engine, id, "last", step=True)
    assert (await engine.wait(id, timeout=PATIENCE)).output == 13


async def test_in_a_map_the_first_item_stops_and_with_a_condition_those_that_fit(engine: Engine) -> None:
    id = await begin(engine, ROWS, rows__body__b=None)
    assert await held(engine, id) == ["rows[0]/b"]
    await go(engine, id, "rows[0]/b", step=True)
    assert await held(engine, id) == ["end"]
    await go(engine, id, "end")
    assert (await engine.wait(id, timeout=PATIENCE)).output == 180

    id = await begin(engine, ROWS, rows__body__b="item == 7")
    assert await held(engine, id) == ["rows[2]/b"]
    await go(engine, id, "rows[2]/b")
    assert (await engine.wait(id, timeout=PATIENCE)).output == 180

    id = await begin(engine, ROWS, rows__body__a="item.lost", end="{{ 1 }}")
    assert await held(engine, id) == ["rows[0]/a"]
    (stop,) = all_held(recover(await engine.store.read(id)).memory)
    assert stop.error is not None


async def test_every_turn_of_a_loop_stops_and_a_step_goes_to_the_next(engine: Engine) -> None:
    id = await begin(engine, TURNS, loop__body__one=None)
    for turn in range(3):
        assert await held(engine, id) == [f"loop[{turn}]/one"]
        await go(engine, id, f"loop[{turn}]/one")
    assert (await engine.wait(id, timeout=PATIENCE)).output == 3

    id = await begin(engine, TURNS, loop__body__one="state == 0")
    assert await held(engine, id) == ["loop[0]/one"]
    await go(engine, id, "loop[0]/one", step=True)
    assert await held(engine, id) == ["loop[1]/one"]


async def test_data_is_changed_at_a_breakpoint_and_the_journal_says_so(engine: Engine) -> None:
    id = await begin(engine, LINE, twice=None, last=None)
    assert await held(engine, id) == ["twice"]
    await engine.post(id, "edit", {"path": "load", "output": {"values": {"n": 50}}, "by": "ada"})
    await engine.post(id, "edit", {"path": "twice", "params": {"values": {"n": 7, "m": 1}}, "by": "ada"})
    await engine.post(id, "edit", {"path": "last", "output": {"n": 0}})  # it has not run
    await go(engine, id, "twice")
    assert await held(engine, id) == ["last"]
    await engine.post(id, "edit", {"path": "other", "output": {"values": {"n": 100}}})
    await go(engine, id, "last")
    result = await engine.wait(id, timeout=PATIENCE)
    assert result.output == 107
    history = await read_history(engine.store, engine.blobs, id)
    edits = [record for _, _, record in history.records if record[0] == r.EDIT]
    assert [(one[1] + one[2], one[4], one[8]) for one in edits] == [
        ("load", "output", "ada"), ("twice", "params", "ada"), ("other", "output", None),
    ]  # fmt: skip


async def test_breakpoints_change_while_it_runs(engine: Engine) -> None:
    id = await begin(engine, LINE, twice=None)
    assert await held(engine, id) == ["twice"]
    await engine.post(id, "breaks", {"points": {"last": None}})
    await go(engine, id, "twice")
    assert await held(engine, id) == ["last"]
    await engine.post(id, "breaks", {"points": {}})
    await go(engine, id, "last")
    assert (await engine.wait(id, timeout=PATIENCE)).output == 13


async def test_one_that_waits_at_a_breakpoint_can_be_cancelled(engine: Engine) -> None:
    id = await begin(engine, ROWS, rows__body__a=None)
    assert await held(engine, id) == ["rows[0]/a"]
    await engine.post(id, "cancel", {"reason": "enough"})
    assert (await engine.wait(id, timeout=PATIENCE)).status is ExecutionStatus.CANCELLED


@pytest.mark.parametrize(("db", "snapshots"), [("sqlite", 512 * 1024), ("sqlite", 1), ("postgres", 512 * 1024)])
async def test_where_it_stops_survives_every_restart(
    db: str, snapshots: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each thing that is done to it is done by another engine than the one that goes on with it."""
    url = request.getfixturevalue("postgres_url") if db == "postgres" else None
    data, config = tmp_path / "data", EngineConfig(snapshot_bytes=snapshots)
    async with kit.engine(data, db=url, config=config) as first:
        id = await begin(first, LINE, load=None, last=None)
        assert await held(first, id) == ["load"]
    wanted: list[tuple[str, dict[str, Any], list[str]]] = [
        ("go", {"path": "load", "step": True}, ["other", "twice"]),
        ("edit", {"path": "load", "output": {"values": {"n": 3}}}, ["other", "twice"]),
        ("go", {"path": "other"}, ["twice"]),
        ("edit", {"path": "twice", "params": {"values": {"n": 1000}}}, ["twice"]),
        ("breaks", {"points": {}}, ["twice"]),
        ("go", {"path": "twice", "step": True}, ["last"]),
    ]
    for kind, facts, expected in wanted:
        async with kit.engine(data, db=url, start=False) as idle:
            await idle.post(id, kind, facts)
        async with kit.engine(data, db=url, config=config) as one:
            while await one.store.inbox([id]):
                await one.wait(id, timeout=0.02)
            assert await held(one, id) == expected, (kind, facts)
    async with kit.engine(data, db=url, config=config) as last:
        await last.post(id, "go", {"path": "last"})
        assert (await last.wait(id, timeout=PATIENCE)).output == 1013


def test_paths_as_the_editor_writes_them() -> None:
    assert editor_path("load") == "load"
    assert editor_path("places[3]/place") == "places.body.place"
    assert editor_path("guard[catch]/rows[0]/each") == "guard.catch.rows.body.each"
    assert editor_path("ask[notify]/tell") == "ask.slots.notify.tell"
    assert split_path("a[0]/b[1]/c") == ("a[0]/b[1]/", "c")
