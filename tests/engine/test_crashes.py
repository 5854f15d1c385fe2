"""What a node raises that is no ``Exception``, and errors that quote what cannot be recorded."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from studio.domain.errors import UserError
from studio.domain.status import ExecutionStatus
from studio.engine import Engine
from studio.engine.failures import error_facts, error_from_facts
from tests.engine.kit import run, workflow


@pytest.mark.parametrize(
    ("kind", "said"), [("exit", "SystemExit"), ("panic", "BaseException"), ("value", "ValueError")]
)
async def test_a_node_that_would_end_the_process_fails_alone(engine: Engine, kind: str, said: str) -> None:
    what: dict[str, Any] = {
        "a": ("lab.raises", {"kind": kind}, {"retry": 1, "on_error": "continue"}),
        "b": ("flow.set", {"values": {}}),
    }
    result = await run(engine, workflow(what))
    assert result.status == ExecutionStatus.SUCCEEDED
    failed = await run(engine, workflow({"a": ("lab.raises", {"kind": kind}, {"retry": 1})}))
    assert failed.status == ExecutionStatus.FAILED
    assert failed.error is not None
    assert (failed.error.code, said in failed.error.message) == ("node.crashed", True)


@pytest.mark.parametrize("concurrency", [1, 8])
async def test_in_a_map_only_its_item_fails(engine: Engine, concurrency: int) -> None:
    body = {
        "nodes": {"q": {"type": "lab.quits", "params": {"value": "{{ item }}", "at": 2}}},
        "output": "{{ q.value }}",
    }
    params = {"items": [1, 2, 3], "concurrency": concurrency, "on_item_error": "collect"}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m }}")
    result = await run(engine, what)
    assert result.status == ExecutionStatus.SUCCEEDED
    assert result.output["results"] == [1, None, 3]
    assert [(each["index"], each["error"]["code"]) for each in result.output["errors"]] == [(1, "node.crashed")]


async def test_alone_it_fails_its_execution(engine: Engine) -> None:
    result = await run(engine, workflow({"a": ("lab.quits", {"value": 2, "at": 2})}))
    assert result.error is not None
    assert result.error.code == "node.crashed"


async def test_such_a_node_is_retried_like_others(engine: Engine) -> None:
    what = workflow({"a": ("lab.raises", {"kind": "exit", "times": 1}, {"retry": 2})}, output="{{ a.attempt }}")
    assert (await run(engine, what)).output == 2


@pytest.mark.parametrize(
    "quoted", [2**64, -(2**63) - 1, 10**400, float("nan"), float("-inf"), "\ud800", "x" * 10_000_000]
)
def test_an_error_can_be_recorded_whatever_it_quotes(quoted: object) -> None:
    error = UserError("test.code", "It is {value}.", value=quoted, nested=[quoted])
    facts = msgspec.msgpack.decode(msgspec.msgpack.encode(error_facts(error)))
    assert len(error_from_facts(facts).message) < 10_000


def test_plain_arguments_stay_as_they_are() -> None:
    facts = error_facts(UserError("test.code", "{a} {b} {c}", a=2**63 - 1, b="é", c=1.5))
    assert facts["args"] == {"a": 2**63 - 1, "b": "é", "c": 1.5}


async def test_an_expression_about_something_huge_fails_with_its_own_error(engine: Engine) -> None:
    result = await run(engine, workflow({"a": ("flow.set", {"values": {"x": "{{ 'a' * (1 << 4000) }}"}})}))
    assert result.error is not None
    assert result.error.code == "expression.budget.text"
