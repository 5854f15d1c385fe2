"""One attempt of a node and what follows from how it ends, in the cases that are rare."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import ErrorClass, NodeError, ProviderError
from studio.domain.status import ExecutionStatus, NodeStatus
from studio.domain.workflow import RetryPolicy
from studio.engine import Engine, Grants, StartRequest
from studio.engine.failures import error_facts, error_from_facts, may_retry, retry_delay
from studio.sdk import Rate
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow
from tests.engine.test_resume import charge

QUICK = {"max_attempts": 3, "first_delay": "0s"}


@pytest.fixture
async def engine(tmp_path: Path) -> Any:
    """On SQLite: nothing here depends on the database."""
    async with engine_on(tmp_path / "data") as one:
        yield one


async def failure(engine: Engine, *node: Any, **rest: Any) -> Any:
    result = await run(engine, workflow({"a": node}, **rest))
    assert result.error is not None
    return result.error


@pytest.mark.parametrize(
    ("kind", "code", "attempts"),
    [
        ("value", "node.crashed", 1),
        ("lookup", "node.crashed", 1),
        ("os", "node.os_error", 2),
        ("time", "node.timeout_inside", 2),
        ("unknown", "node.crashed", 2),
    ],
)
async def test_what_a_careless_node_raises(engine: Engine, kind: str, code: str, attempts: int) -> None:
    """A defect of the node does not go away by itself; what comes from outside may. The type asks for two attempts."""
    result = await run(engine, workflow({"a": ("lab.raises", {"kind": kind})}))
    assert result.error is not None
    assert (result.error.code, result.nodes["a"].attempts) == (code, attempts)


@pytest.mark.parametrize(
    ("retry", "attempts"),
    [
        (False, 1),
        (1, 1),
        (3, 3),
        (True, 3),
        ({**QUICK, "max_attempts": 1}, 1),
        ({**QUICK, "on": ["permanent"]}, 1),
        ({**QUICK, "on": ["transient"]}, 3),
        ({**QUICK, "max_total": "0s"}, 1),
    ],
)
async def test_how_often_is_written_in_many_ways(
    engine: Engine, retry: Any, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: low)
    result = await run(engine, workflow({"a": ("lab.raises", {"kind": "os"}, {"retry": retry})}))
    assert result.nodes["a"].attempts == attempts


def test_waits_grow_are_drawn_and_heed_retry_after() -> None:
    policy = RetryPolicy(first_delay="1s", factor=3, max_delay="5s")
    busy = ProviderError("a.b", "Busy.", retry_after=4.0)
    plain = NodeError("a.b", "Busy.")
    for attempt, most in ((1, 1), (2, 3), (3, 5), (9, 5)):
        drawn = [retry_delay(policy, plain, attempt) for _ in range(300)]
        assert 0 <= min(drawn) < most * 0.1
        assert most * 0.9 < max(drawn) <= most
        assert min(retry_delay(policy, busy, attempt) for _ in range(100)) >= 4.0
    assert may_retry(RetryPolicy(max_total="10s"), busy, 1, 9.9)
    assert not may_retry(RetryPolicy(max_total="10s"), busy, 1, 10.0)


def test_an_error_comes_back_from_its_record() -> None:
    error = ProviderError("a.b", "No {what}.", what=Path("x"), status=503, retry_after=2.0).at("m[1]/a", "url")
    facts = error_facts(error)
    assert (facts["status"], facts["retry_after"], facts["args"]) == (503, 2.0, {"status": 503, "what": "x"})
    back = error_from_facts(facts)
    assert (back.code, back.message, back.node, back.param) == ("a.b", "No x.", "m[1]/a", "url")
    assert back.classification is ErrorClass.TRANSIENT


async def test_a_condition_must_be_true_or_false(engine: Engine) -> None:
    error = await failure(engine, "lab.add", {"value": 1}, {"run_if": "{{ 1 }}"})
    assert (error.code, error.node, error.param) == ("node.run_if_type", "a", "run_if")


async def test_a_port_must_be_declared(engine: Engine) -> None:
    assert (await failure(engine, "lab.astray", {"port": "up"})).code == "node.unknown_port"
    nodes = {"a": ("lab.astray", {"port": "left"}), "l": ("lab.add", {"value": 1}), "r": ("lab.add", {"value": 1})}
    result = await run(engine, workflow(nodes, edges=["a.left -> l", "a.right -> r"]))
    assert (result.nodes["l"].status, result.nodes["r"].status) == (NodeStatus.SUCCEEDED, NodeStatus.SKIPPED)


@pytest.mark.parametrize(("policy", "lines", "output"), [("rerun", 2, True), ("skip", 1, None)])
async def test_a_node_may_say_what_to_do_in_doubt(
    engine: Engine, tmp_path: Path, policy: str, lines: int, output: Any
) -> None:
    node = {**charge("x", "irreversible", lose_answer=1), "in_doubt": policy}
    what = workflow({"pay": node}, output="{{ default(pay.recovering, null) }}")
    result = await run(engine, what, grants=Grants(folder=str(tmp_path)))
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, output)
    assert len((tmp_path / "l.txt").read_text().splitlines()) == lines


async def test_it_happened_and_nobody_knows_the_output(engine: Engine, tmp_path: Path) -> None:
    what = workflow({"pay": charge("x", "irreversible", lose_answer=1)}, output="{{ default(pay.key, 'unknown') }}")
    result = await run(engine, what, grants=Grants(folder=str(tmp_path)))
    assert result.reason == "wait.in_doubt"
    await engine.post(result.execution_id, "decide", {"path": "pay", "decision": "happened"})
    result = await engine.wait(result.execution_id, timeout=PATIENCE)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "unknown")


async def test_an_effect_that_had_begun_is_not_repeated_to_be_cancelled(tmp_path: Path, gate: Gate) -> None:
    what = workflow({"pay": charge("x", "keyed", gate=gate.name)})
    async with engine_on(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
        await gate.reached()
    async with engine_on(tmp_path / "data", start=False) as one:
        assert (await one.post(id, "cancel", {"reason": "enough"})).outcome == "accepted"
    async with engine_on(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.nodes["pay"].status) == (ExecutionStatus.CANCELLED, NodeStatus.CANCELLED)
    assert len((tmp_path / "l.txt").read_text().splitlines()) == 1


async def test_outputs_of_models_and_functions_in_lists_and_objects(engine: Engine) -> None:
    params = {"keys": ["{{ item.n * 10 + base.value }}", 7], "fields": {"f": "{{ item.n + index }}"}}
    nodes = {"base": ("lab.add", {"value": 0}), "a": ("lab.nested", params)}
    result = await run(engine, workflow(nodes, output="{{ [a.parts, a.from, a.sums] }}"))
    assert result.error is None
    assert result.output == [[{"name": "a", "size": 1}, {"name": "b", "size": 2}], "here", [11, 21, 7, 7, 2, 4]]
    assert (await failure(engine, "lab.nested", {"wrong": True})).code == "node.output_invalid"


async def test_params_of_an_older_version_are_migrated(engine: Engine) -> None:
    node = ("lab.nested", {"key": "{{ item.n }}"}, {"version": 2})
    assert (await run(engine, workflow({"a": node}, output="{{ a.sums }}"))).output == [1, 2]


async def test_a_trigger_does_not_run_in_an_execution(engine: Engine) -> None:
    nodes = {
        "hook": {"type": "trigger.webhook", "params": {"path": "x"}, "inputs": {}},
        "off": {"type": "lab.add", "params": {"value": 1}, "run_if": False},
        "a": {"type": "lab.add", "params": {"value": 1}},
    }
    result = await run(engine, workflow(nodes))
    assert {path: str(node.status) for path, node in result.nodes.items()} == {
        "hook": "skipped",
        "off": "skipped",
        "a": "succeeded",
    }


async def test_a_cached_node_with_ports_or_a_wait_is_run_again(engine: Engine, tmp_path: Path) -> None:
    """Only what a pure node gave by its one port is kept."""
    cached = {"cache": True}
    nodes = {"a": ("flow.if", {"condition": True}, cached), "b": ("lab.add", {"value": 1})}
    for _ in range(2):
        result = await run(engine, workflow(nodes, edges=["a.false -> b"]))
        assert result.nodes["b"].status is NodeStatus.SKIPPED


async def test_a_rate_holds_for_each_host_by_itself(engine: Engine) -> None:
    """For the host that is really asked, not for what stands in the file."""
    what = workflow(
        {"a": ("lab.polite", {"url": "{{ 'http://' + inputs.host + '/x' }}"})},
        inputs={"host": {"type": "string"}},
        output="{{ a.url }}",
    )
    for host in ("a.example", "b.example"):
        result = await run(engine, what, inputs={"host": host})
        assert (result.error, result.output) == (None, f"http://{host}/x")
    again = await run(engine, what, timeout=1, inputs={"host": "a.example"})
    assert (again.status, again.reason) == (ExecutionStatus.WAITING, "wait.rate")


async def test_a_rate_holds_for_each_credential_by_itself(engine: Engine) -> None:
    for alias in ("mine", "yours"):
        node = ("lab.banking", {}, {"credential": alias})
        assert (await run(engine, workflow({"a": node}, output="{{ a.alias }}"))).output == alias
    again = await run(engine, workflow({"a": ("lab.banking", {}, {"credential": "mine"})}), timeout=1)
    assert again.reason == "wait.rate"


async def test_who_waited_for_its_turn_out_of_memory_gets_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its place is kept: asking again when it wakes must not send it to the end of the queue."""
    monkeypatch.setattr(type(engine.catalog.load("lab.limited")), "rate", Rate(1, 0.4, "node"))
    engine.config.linger = 0.0
    what = workflow({"a": ("lab.limited", {"value": 1})}, output="{{ a.value }}")
    ids = [await engine.submit(StartRequest(workflow=what)) for _ in range(3)]
    results = [await engine.wait(id, timeout=PATIENCE) for id in ids]
    assert [(str(result.status), result.output) for result in results] == [("succeeded", 1)] * 3
