"""Retry, fallback, on_error, time-outs, effects in doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus, NodeStatus
from studio.engine import Engine, Grants
from tests.engine.gates import PATIENCE
from tests.engine.kit import run, workflow

QUICK = {"max_attempts": 3, "first_delay": "1ms"}


async def test_retries_until_it_succeeds(engine: Engine) -> None:
    result = await run(
        engine, workflow({"a": ("lab.flaky", {"failures": 2}, {"retry": QUICK})}, output="{{ a.attempt }}")
    )
    assert (result.status, result.output, result.nodes["a"].attempts) == (ExecutionStatus.SUCCEEDED, 3, 3)


async def test_gives_up_after_the_last_attempt(engine: Engine) -> None:
    result = await run(engine, workflow({"a": ("lab.flaky", {"failures": 9}, {"retry": QUICK})}))
    assert (result.status, result.nodes["a"].attempts) == (ExecutionStatus.FAILED, 3)


@pytest.mark.parametrize(
    ("params", "attempts"),
    [({"kind": "user"}, 1), ({"status": 401}, 1), ({"status": 429}, 3), ({"status": 503}, 3), ({"kind": "crash"}, 3)],
)
async def test_only_what_may_go_away_is_retried(engine: Engine, params: dict[str, Any], attempts: int) -> None:
    result = await run(engine, workflow({"a": ("lab.flaky", {"failures": 9, **params}, {"retry": QUICK})}))
    assert result.nodes["a"].attempts == attempts


async def test_retry_after_is_a_lower_bound(engine: Engine) -> None:
    what = workflow({"a": ("lab.flaky", {"failures": 1, "status": 429, "retry_after": 0.3}, {"retry": QUICK})})
    result = await run(engine, what)
    assert result.status == ExecutionStatus.SUCCEEDED
    assert result.seconds >= 0.3


async def test_fallback_takes_over(engine: Engine) -> None:
    fallback = [{"type": "lab.flaky", "params": {"failures": 5}}, {"type": "lab.flaky", "params": {"failures": 0}}]
    what = workflow({"a": ("lab.flaky", {"failures": 5}, {"retry": 1, "fallback": fallback})}, output="{{ a.attempt }}")
    result = await run(engine, what)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, 1)


async def test_continue_gives_null(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("lab.flaky", {"failures": 5}, {"on_error": "continue"}),
            "b": ("flow.set", {"values": {"a": "{{ default(a.attempt, 'none') }}"}}),
        },
        output="{{ b.values.a }}",
    )
    result = await run(engine, what)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "none")
    assert result.nodes["a"].status == NodeStatus.FAILED


async def test_route_leaves_by_the_error_port(engine: Engine) -> None:
    what = workflow(
        {
            "a": ("lab.flaky", {"failures": 5}, {"on_error": "route"}),
            "fine": ("lab.add", {"value": 1}),
            "rescue": ("flow.set", {"values": {"code": "{{ a.error.code }}"}}),
        },
        edges=["a -> fine", "a.error -> rescue"],
        output="{{ rescue.values.code }}",
    )
    result = await run(engine, what)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "lab.down")
    assert result.nodes["fine"].status == NodeStatus.SKIPPED


async def test_a_time_out_fails_the_attempt(engine: Engine) -> None:
    result = await run(engine, workflow({"a": ("lab.slow", {"seconds": 30}, {"timeout": "50ms"})}))
    assert result.error is not None
    assert result.error.code == "node.timeout"


async def test_the_execution_time_out(engine: Engine) -> None:
    result = await run(engine, workflow({"a": ("lab.slow", {"seconds": 30})}, settings={"timeout": "100ms"}))
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert result.error.code == "execution.timeout"


async def test_a_lost_answer_of_an_irreversible_effect_waits_for_a_person(engine: Engine, tmp_path: Path) -> None:
    what = workflow(
        {"pay": ("lab.charge", {"ledger": "l.txt", "effect": "irreversible", "lose_answer": 1}, {"retry": QUICK})},
        output="{{ pay.key }}",
    )
    grants = Grants(folder=str(tmp_path))
    result = await run(engine, what, grants=grants)
    assert (result.status, result.reason) == (ExecutionStatus.WAITING, "wait.in_doubt")
    assert result.nodes["pay"].status == NodeStatus.IN_DOUBT
    given = {"key": "k", "recovering": False}
    await engine.post(result.execution_id, "decide", {"path": "pay", "decision": "happened", "output": given})
    result = await engine.wait(result.execution_id, timeout=PATIENCE)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "k")
    assert len((tmp_path / "l.txt").read_text().splitlines()) == 1


async def test_a_person_may_let_it_run_or_fail(engine: Engine, tmp_path: Path) -> None:
    what = workflow({"pay": ("lab.charge", {"ledger": "l.txt", "effect": "irreversible", "lose_answer": 1})})
    grants = Grants(folder=str(tmp_path))
    result = await run(engine, what, grants=grants)
    await engine.post(result.execution_id, "decide", {"path": "pay", "decision": "run"})
    assert (await engine.wait(result.execution_id, timeout=PATIENCE)).status == ExecutionStatus.SUCCEEDED
    assert len((tmp_path / "l.txt").read_text().splitlines()) == 2
    result = await run(engine, what, grants=grants)
    await engine.post(result.execution_id, "decide", {"path": "pay", "decision": "fail"})
    result = await engine.wait(result.execution_id, timeout=PATIENCE)
    assert result.error is not None
    assert (result.status, result.error.code) == (ExecutionStatus.FAILED, "node.in_doubt")


async def test_a_keyed_effect_is_repeated_with_its_key(engine: Engine, tmp_path: Path) -> None:
    what = workflow(
        {"pay": ("lab.charge", {"ledger": "l.txt", "effect": "keyed", "lose_answer": 1}, {"retry": QUICK})},
        output="{{ pay.recovering }}",
    )
    result = await run(engine, what, grants=Grants(folder=str(tmp_path)))
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, True)
    keys = [line.split()[0] for line in (tmp_path / "l.txt").read_text().splitlines()]
    assert len(keys) == 2
    assert len(set(keys)) == 1
