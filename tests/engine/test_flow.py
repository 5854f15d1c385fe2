"""Which nodes run, in which order, and what reaches them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import run, workflow

OK = ExecutionStatus.SUCCEEDED


def statuses(result: Any) -> dict[str, str]:
    return {path: str(node.status) for path, node in result.nodes.items()}


async def test_a_chain_of_references(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.add", {"value": "{{ inputs.n }}"}), "b": ("lab.add", {"value": "{{ a.value }}", "by": 10})},
        inputs={"n": {"type": "integer"}},
        output="{{ b.value }}",
    )
    result = await run(engine, what, inputs={"n": 5})
    assert (result.status, result.output, result.error) == (OK, 16, None)
    assert statuses(result) == {"a": "succeeded", "b": "succeeded"}
    assert result.nodes["a"].attempts == 1


@pytest.mark.parametrize(("n", "taken"), [(5, "big"), (1, "small")])
async def test_a_branch_not_taken_is_skipped_and_so_is_what_follows(engine: Engine, n: int, taken: str) -> None:
    what = workflow(
        {
            "check": ("flow.if", {"condition": "{{ inputs.n > 3 }}"}),
            "big": ("lab.add", {"value": "{{ inputs.n }}", "by": 100}),
            "small": ("lab.add", {"value": "{{ inputs.n }}", "by": 0}),
            "after_small": ("lab.add", {"value": "{{ small.value }}"}),
        },
        edges=["check.true -> big", "check.false -> small"],
        inputs={"n": {"type": "integer"}},
        output="{{ default(big.value, small.value) }}",
    )
    result = await run(engine, what, inputs={"n": n})
    assert result.status == OK
    assert result.output == (105 if taken == "big" else 1)
    seen = statuses(result)
    assert seen["big"] == ("succeeded" if taken == "big" else "skipped")
    assert seen["after_small"] == ("skipped" if taken == "big" else "succeeded")


async def test_listed_edges_alone_decide(engine: Engine) -> None:
    what = workflow(
        {
            "check": ("flow.if", {"condition": True}),
            "no": ("lab.add", {"value": 1}),
            "yes": ("lab.add", {"value": 2}),
            "join": ("flow.set", {"values": {"x": "{{ default(no.value, yes.value) }}"}}),
        },
        edges=["check.true -> yes", "check.false -> no", "yes -> join", "no -> join"],
        output="{{ join.values.x }}",
    )
    result = await run(engine, what)
    assert (result.status, result.output) == (OK, 3)


async def test_run_if_skips_one_node_only(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("lab.add", {"value": 1}, {"run_if": "{{ false }}"}),
            "b": ("lab.add", {"value": "{{ default(a.value, 40) }}"}),
            "c": {"type": "lab.add", "params": {"value": 1}, "disabled": True},
            "d": ("lab.add", {"value": "{{ default(c.value, 50) }}"}),
        },
        output=["{{ a }}", "{{ b.value }}", "{{ d.value }}"],
    )
    result = await run(engine, what)
    assert (result.status, result.output) == (OK, [None, 41, 51])
    assert statuses(result) == {"a": "skipped", "b": "succeeded", "c": "skipped", "d": "succeeded"}


async def test_join_first_does_not_wait_for_the_slow_branch(engine: Engine, gate: Gate) -> None:
    """The slow branch can only end after the node behind both has run."""
    what = workflow(
        {
            "quick": ("lab.add", {"value": 1}),
            "slow": ("lab.gate", {"name": gate.name, "value": 2}),
            "either": {"type": "lab.slow", "params": {"seconds": 0, "value": "by the first"}, "join": "first"},
        },
        edges=["quick -> either", "slow -> either"],
        output="{{ [either.value, slow.value] }}",
    )
    id = await engine.submit(StartRequest(workflow=what))
    async with asyncio.timeout(PATIENCE):
        async for event in engine.events(id):
            if event.kind == "succeeded" and event.path == "either":
                break
    gate.open()
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (OK, ["by the first", 2])
    assert result.nodes["either"].attempts == 1


async def test_join_first_reads_what_came_first(engine: Engine, gate: Gate) -> None:
    """References to what lies behind the other edges are null by then; others are waited for."""
    what = workflow(
        {
            "aside": ("lab.slow", {"seconds": 0.05, "value": 7}),
            "quick": ("lab.add", {"value": 1}),
            "start": ("lab.gate", {"name": gate.name, "value": 2}),
            "slow": ("lab.add", {"value": "{{ start.value }}"}),
            "either": {
                "type": "flow.set",
                "params": {
                    "values": {
                        "got": "{{ default(slow.value, default(start.value, quick.value)) }}",
                        "a": "{{ aside.value }}",
                    }
                },
                "join": "first",
            },
        },
        edges=["quick -> either", "slow -> either"],
        output="{{ [either.values, slow.value] }}",
    )
    id = await engine.submit(StartRequest(workflow=what))
    async with asyncio.timeout(PATIENCE):
        async for event in engine.events(id):
            if event.kind == "succeeded" and event.path == "either":
                break
    gate.open()
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (OK, [{"got": 2, "a": 7}, 3])


async def test_join_all_wants_every_edge(engine: Engine) -> None:
    what = workflow(
        {
            "check": ("flow.if", {"condition": "{{ inputs.both }}"}),
            "a": ("lab.add", {"value": 1}),
            "b": ("lab.add", {"value": 2}),
            "both": {"type": "lab.add", "params": {"value": 3}, "join": "all"},
        },
        edges=["check.true -> a", "a -> both", "b -> both"],
        inputs={"both": {"type": "boolean"}},
        output="{{ default(both.value, null) }}",
    )
    assert (await run(engine, what, inputs={"both": True})).output == 4
    assert (await run(engine, what, inputs={"both": False})).output is None


async def test_the_input_through_branches(engine: Engine) -> None:
    """A branch hands on what came in; an output named by the edge, and what nothing came into, stand for themselves."""
    see = {"values": {"got": "{{ input }}"}}
    what = workflow(
        {
            "joint": ("flow.noop", {"value": {"k": 7}}),
            "check": ("flow.if", {"condition": True}),
            "named": ("flow.set", see),
            "through": ("flow.set", see),
            **{f"n{i}": ("flow.noop", {}) for i in range(1500)},
            "far": ("flow.set", see),
        },
        edges=[
            "joint.value -> named", "joint -> check", "check.true -> through", "joint -> n0", "n1499 -> far",
            *(f"n{i} -> n{i + 1}" for i in range(1499)),
        ],
        output="{{ [named.values.got, through.values.got, far.values.got] }}",
    )  # fmt: skip
    result = await run(engine, what)
    assert (result.status, result.output) == (OK, [{"k": 7}, {"value": {"k": 7}}, {"value": {"k": 7}}])


async def test_the_input_is_what_the_single_edge_carried(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("lab.add", {"value": 1}),
            "check": ("flow.if", {"condition": "{{ input.value == 2 }}"}),
            "b": ("lab.add", {"value": "{{ input.value }}"}),
        },
        edges=["a -> check", "check.true -> b"],
        output="{{ b.value }}",
    )
    assert (await run(engine, what)).output == 3


async def test_an_edge_to_a_param_writes_the_reference(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.add", {"value": 1}), "b": ("lab.add", {})}, edges=["a.value -> b.value"], output="{{ b.value }}"
    )
    assert (await run(engine, what)).output == 3


async def test_a_failing_node_fails_the_execution_and_names_itself(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.flaky", {"failures": 1, "kind": "user"}), "b": ("lab.add", {"value": "{{ a.attempt }}"})}
    )
    result = await run(engine, what)
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert (result.error.code, result.error.node) == ("lab.refused", "a")
    assert "b" not in result.nodes


async def test_a_wrong_param_is_named(engine: Engine) -> None:
    what = workflow({"one": ("flow.set", {"values": {"x": "many"}}), "a": ("lab.add", {"value": "{{ one.values.x }}"})})
    result = await run(engine, what)
    assert result.error is not None
    assert (result.error.code, result.error.node, result.error.param) == ("node.param_invalid", "a", "value")
    assert "many" in result.error.message


@pytest.mark.parametrize("what", ["nan", "inf", "huge", "bytes", "set", "key", "date", "object", "loop", "surrogate"])
async def test_outputs_that_are_not_plain_are_refused(engine: Engine, what: str) -> None:
    result = await run(engine, workflow({"a": ("lab.bad", {"what": what})}))
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert result.error.code in ("node.output_not_plain", "node.output_not_json")


async def test_a_pure_node_that_waits_still_runs(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.lazy", {"value": 7}), "b": ("lab.lazy", {"value": "{{ a.value }}"})}, output="{{ b.value }}"
    )
    assert (await run(engine, what)).output == 7


async def test_as_many_nodes_at_once_as_the_settings_say(engine: Engine, gate: Gate) -> None:
    """Those in a map count with the others; what waits its turn has begun nothing."""
    gated = {f"n{i}": ("lab.gate", {"name": gate.name, "value": i}) for i in range(5)}
    inner = {"g": {"type": "lab.gate", "params": {"name": gate.name, "value": 1}}}
    loop = {
        "type": "flow.map",
        "params": {"items": "{{ range(10) }}", "concurrency": 10},
        "body": {"nodes": inner, "output": "{{ g.value }}"},
    }
    id = await engine.submit(StartRequest(workflow=workflow({**gated, "loop": loop}, settings={"parallel": 3})))
    await gate.reached(3)
    await asyncio.sleep(0.1)
    assert gate.come == 3
    gate.open()
    assert (await engine.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
    assert gate.come == 15


async def test_nodes_run_side_by_side(engine: Engine, gate: Gate) -> None:
    nodes = {f"n{i}": ("lab.gate", {"name": gate.name, "value": i}) for i in range(20)}
    id = await engine.submit(StartRequest(workflow=workflow(nodes)))
    await gate.reached(20)
    gate.open()
    assert (await engine.wait(id, timeout=PATIENCE)).status == OK


async def test_partial_run_and_pinned_output(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("lab.flaky", {"failures": 9}),
            "b": ("lab.add", {"value": "{{ a.attempt }}"}),
            "c": ("lab.flaky", {"failures": 9}),
        }
    )
    result = await run(engine, what, until="b", pinned={"a": {"attempt": 41}}, mode="partial")
    assert result.status == OK
    assert statuses(result)["c"] == "skipped"
    assert result.output == {"value": 42}
    history = await _outputs(engine, result.execution_id)
    assert history["b"] == {"value": 42}


async def _outputs(engine: Engine, id: str) -> dict[str, Any]:
    from studio.engine import read_history

    return await (await read_history(engine.store, engine.blobs, id)).outputs()


async def test_stop_ends_the_execution(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("flow.stop", {"output": {"done": True}}),
            "b": ("lab.add", {"value": 1}),
        },
        edges=["a -> b"],
    )
    result = await run(engine, what)
    assert (result.status, result.output) == (OK, {"done": True})
    what = workflow({"a": ("flow.stop", {"status": "failed", "message": "enough"})})
    result = await run(engine, what)
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert result.error.code == "flow.stopped"


async def test_large_values_travel_by_reference(engine: Engine) -> None:
    text = "x" * 100_000
    nodes: dict[str, Any] = {"a": ("flow.set", {"values": {"text": "{{ inputs.text }}", "n": 1}})}
    for i in range(5):
        before = "a" if i == 0 else f"p{i - 1}"
        nodes[f"p{i}"] = ("flow.set", {"values": {"text": "{{ " + before + ".values.text }}", "i": i}})
    what = workflow(nodes, inputs={"text": {"type": "string"}}, output="{{ p4.values.text }}")
    result = await run(engine, what, inputs={"text": text})
    assert result.output == text
    row = await engine.store.execution(result.execution_id)
    assert row is not None
    assert row.journal_bytes < 20_000


@pytest.mark.parametrize("rest", [{}, {"timeout": "1m"}], ids=["in place", "in a task"])
@pytest.mark.parametrize(("port", "code"), [("right", None), ("nowhere", "node.unknown_port")])
async def test_a_port_that_is_not_declared_is_an_error(
    engine: Engine, rest: dict[str, Any], port: str, code: str | None
) -> None:
    result = await run(engine, workflow({"a": ("lab.astray", {"port": port}, rest)}))
    assert (result.error.code if result.error else None) == code
