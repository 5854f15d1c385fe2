"""Taking up an earlier execution in the middle: failed items deep inside, and points within maps and loops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import NotFound, UserError
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, ExecutionResult, Grants
from tests.engine.kit import run, workflow

BAD: dict[str, Any] = {"bad": {"type": "boolean"}}


def lines(folder: Path) -> list[str]:
    """What was done, as written by the nodes; each must have a key of its own."""
    path = folder / "l.txt"
    found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    assert len({line[0] for line in found}) == len(found)
    return [line[1] for line in found]


def charge(after: str = "") -> dict[str, Any]:
    """A node that leaves a line, after another one."""
    what = "x" if not after else "{{ 'x' if " + after + " else 'y' }}"
    return {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "what": what}}


def inner(fails: str) -> dict[str, Any]:
    """A map over three items, of which those fail for which the condition holds as long as ``inputs.bad`` does."""
    flaky = {"failures": "{{ 9 if " + fails + " and inputs.bad else 0 }}", "kind": "user"}
    nodes = {"f": {"type": "lab.flaky", "params": flaky}, "pay": charge("f.attempt")}
    params = {"items": [0, 1, 2], "as": "x", "on_item_error": "collect"}
    return {"type": "flow.map", "params": params, "body": {"nodes": nodes, "output": "{{ pay.key != '' }}"}}


def body(fails: str) -> dict[str, Any]:
    """Something before the map, beside it, and after it."""
    nodes = {"before": charge(), "m": inner(fails), "after": charge("m.results")}
    return {"nodes": nodes, "output": "{{ len(m.errors) }}"}


OUTER = {
    "type": "flow.map",
    "params": {"items": [0, 1, 2], "as": "n", "concurrency": 1},
    "body": body("n == 1 and x == 2"),
}
WHILE = {
    "type": "flow.while",
    "params": {"state": 0, "condition": "{{ state < 3 }}", "max": 5},
    "body": {**body("state == 1 and x == 2"), "next": "{{ state + 1 }}"},
}
REDUCE = {
    "type": "flow.reduce",
    "params": {"items": [0, 1, 2], "as": "n", "initial": 0},
    "body": {**body("n == 1 and x == 2"), "output": "{{ acc + len(m.errors) }}"},
}
TRY = {"type": "flow.try", "body": body("x == 2"), "finally": {"nodes": {"last": charge()}}}
CAUGHT = {
    "type": "flow.try",
    "body": {"nodes": {"e": {"type": "lab.flaky", "params": {"failures": 9, "kind": "user"}}}},
    "catch": body("x == 2"),
}

TURN_2 = ["before", "m[0]/pay", "m[1]/pay", "m[2]/pay", "after"]


@pytest.mark.parametrize(
    ("container", "done"),
    [
        (OUTER, ["c[1]/m[2]/pay", "c[1]/after"]),
        (WHILE, ["c[1]/m[2]/pay", "c[1]/after", *(f"c[2]/{name}" for name in TURN_2)]),
        (REDUCE, ["c[1]/m[2]/pay", "c[1]/after", *(f"c[2]/{name}" for name in TURN_2)]),
        (TRY, ["c[body]/m[2]/pay", "c[body]/after", "c[finally]/last"]),
        (CAUGHT, ["c[catch]/m[2]/pay", "c[catch]/after"]),
    ],
    ids=["map", "while", "reduce", "try", "catch"],
)
async def test_failures_collected_inside_of_what_succeeded_are_retried(
    engine: Engine, tmp_path: Path, container: dict[str, Any], done: list[str]
) -> None:
    """They, and what comes after them; under keys that are those of then."""
    engine.config.items_bytes = 8
    what = workflow({"first": charge(), "c": container, "end": charge("c"), "aside": charge("first.key")}, inputs=BAD)
    grants = Grants(folder=str(tmp_path))
    first = await run(engine, what, inputs={"bad": True}, grants=grants)
    assert first.status is ExecutionStatus.SUCCEEDED, first.error
    before = lines(tmp_path)

    async def retried(earlier: ExecutionResult, bad: bool) -> ExecutionResult:
        return await run(
            engine, what, inputs={"bad": bad}, grants=grants, mode="replay", reuse=earlier.execution_id,
            retry_items=True, origin=first.execution_id,
        )  # fmt: skip

    # Nothing of what failed has left a line, and what comes after leaves its old one again: compared without keys.
    second = await retried(first, False)
    assert second.status is ExecutionStatus.SUCCEEDED, second.error
    text = (tmp_path / "l.txt").read_text().splitlines()[len(before) :]
    assert sorted(line.split()[1] for line in text) == sorted([*done, "end"])
    keys = {line.split()[1]: line.split()[0] for line in (tmp_path / "l.txt").read_text().splitlines()[: len(before)]}
    assert all(keys.get(line.split()[1], line.split()[0]) == line.split()[0] for line in text)
    third = await retried(second, False)
    assert third.status is ExecutionStatus.SUCCEEDED
    assert len((tmp_path / "l.txt").read_text().splitlines()) == len(before) + len(text), "nothing was left to do"


async def test_a_retry_that_fails_again_is_retried_again(engine: Engine, tmp_path: Path) -> None:
    what = workflow({"c": OUTER}, inputs=BAD, output="{{ c.results }}")
    grants = Grants(folder=str(tmp_path))
    results = [await run(engine, what, inputs={"bad": True}, grants=grants)]
    for bad in (True, True, False):
        retry: dict[str, Any] = {
            "reuse": results[-1].execution_id,
            "retry_items": True,
            "origin": results[0].execution_id,
        }
        results.append(await run(engine, what, inputs={"bad": bad}, grants=grants, mode="replay", **retry))
    assert [result.output for result in results] == [[0, 1, 0]] * 3 + [[0, 0, 0]]
    done = [line.split()[1] for line in (tmp_path / "l.txt").read_text().splitlines()]
    assert done.count("c[1]/m[2]/pay") == 1
    assert done.count("c[0]/before") == done.count("c[1]/before") == done.count("c[1]/m[0]/pay") == 1


async def test_failures_collected_in_a_called_workflow_are_retried_there(engine: Engine, tmp_path: Path) -> None:
    """Also in what it calls in turn; a call in which nothing failed is not made again."""
    leaf = workflow(body("x == 2 and inputs.n == 1")["nodes"], inputs={**BAD, "n": {"type": "integer"}}, name="leaf")
    given = {"bad": "{{ inputs.bad }}", "n": "{{ inputs.n }}"}
    middle = workflow(
        {"before": charge(), "call": ("flow.call", {"workflow": "leaf", "inputs": given})},
        inputs={**BAD, "n": {"type": "integer"}},
        name="middle",
    )
    call = {
        "type": "flow.call",
        "params": {"workflow": "middle", "inputs": {**given, "n": "{{ item }}"}},
        "each": [0, 1],
    }
    what = workflow({"c": call, "end": charge("c.results")}, inputs=BAD)
    more: dict[str, Any] = {"grants": Grants(folder=str(tmp_path)), "calls": {"leaf": leaf, "middle": middle}}
    first = await run(engine, what, inputs={"bad": True}, **more)
    assert first.status is ExecutionStatus.SUCCEEDED, first.error
    count = len(lines(tmp_path))
    again = await run(
        engine, what, inputs={"bad": False}, mode="replay", reuse=first.execution_id, retry_items=True,
        origin=first.execution_id, **more,
    )  # fmt: skip
    assert again.status is ExecutionStatus.SUCCEEDED, again.error
    done = [line.split()[1] for line in (tmp_path / "l.txt").read_text().splitlines()[count:]]
    assert done == ["m[2]/pay", "after", "end"]


MAP = {
    "type": "flow.map",
    "params": {"items": [0, 1, 2, 3], "concurrency": 1},
    "body": {"nodes": {"pay": charge()}, "output": "{{ item }}"},
}
LOOP = {
    "type": "flow.while",
    "params": {"state": 0, "condition": "{{ state < 4 }}", "max": 5},
    "body": {"nodes": {"pay": charge()}, "next": "{{ state + 1 }}"},
}
EACH = {**charge(), "each": [0, 1, 2, 3]}


@pytest.mark.parametrize(
    ("node", "inside"), [(MAP, "/pay"), (LOOP, "/pay"), (EACH, "/c")], ids=["map", "while", "each"]
)
@pytest.mark.parametrize("fork", [True, False])
async def test_a_point_within_a_map_or_loop_keeps_what_comes_before(
    engine: Engine, tmp_path: Path, node: dict[str, Any], inside: str, fork: bool
) -> None:
    what = workflow({"first": charge(), "c": node, "end": charge("c")})
    grants = Grants(folder=str(tmp_path))
    first = await run(engine, what, grants=grants)
    before = len(lines(tmp_path))
    for point, done in (("c[2]", [2, 3]), ("c[0]", [0, 1, 2, 3]), ("c", [0, 1, 2, 3])):
        more: dict[str, Any] = {"copy_until": point} if fork else {"rerun": (point,)}
        again = await run(engine, what, grants=grants, mode="fork", reuse=first.execution_id, **more)
        assert again.status is ExecutionStatus.SUCCEEDED, again.error
        found = lines(tmp_path)
        assert sorted(found[before:]) == sorted([*(f"c[{index}]{inside}" for index in done), "end"])
        before = len(found)


async def test_a_point_that_is_none_is_refused(engine: Engine, tmp_path: Path) -> None:
    what = workflow({"c": LOOP, "t": TRY, "p": charge()}, inputs=BAD)
    first = await run(engine, what, grants=Grants(folder=str(tmp_path)), inputs={"bad": False})
    for point in ("c[2]/pay", "t[body]", "t[1]", "p[1]", "t[body]/m[1]", "c[x]", "c[1"):
        with pytest.raises(UserError) as caught:
            await run(engine, what, reuse=first.execution_id, copy_until=point)
        assert (caught.value.code, "places[3]" in caught.value.message) == ("execution.point_inside", True), point
    with pytest.raises(NotFound) as missing:
        await run(engine, what, reuse=first.execution_id, copy_until="c[9]")
    assert missing.value.code == "execution.no_such_turn"
