"""Waits, approvals, signals and stops in all their endings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, StartRequest
from tests.engine.gates import PATIENCE
from tests.engine.kit import run, workflow

SOON = "20ms"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"on_timeout": "approve"}, ["approve", 1, 0]),
        ({"on_timeout": "reject"}, ["reject", 0, 1]),
        ({"on_timeout": "fail"}, None),
        ({"choices": ["red", "blue"], "on_timeout": "red"}, ["red", 1, 0]),
        ({"choices": ["red", "blue"], "on_timeout": "blue"}, ["blue", 0, 1]),
    ],
)
async def test_an_approval_that_nobody_gives(engine: Engine, more: dict[str, Any], expected: Any) -> None:
    what = workflow(
        {
            "ask": ("flow.approval", {"message": "?", "timeout": SOON, **more}),
            "yes": ("flow.set", {"values": {"n": 1}}),
            "no": ("flow.set", {"values": {"n": 1}}),
        },
        edges=["ask.approved -> yes", "ask.rejected -> no"],
        output="{{ [ask.decision, default(yes.values.n, 0), default(no.values.n, 0)] }}",
    )
    result = await run(engine, what)
    assert (result.output, result.error and result.error.code) == (
        expected,
        None if expected else "flow.approval_timeout",
    )


async def test_a_decision_that_is_no_choice_is_not_taken(engine: Engine) -> None:
    """The first choice approves, every other rejects."""
    what = workflow(
        {"ask": ("flow.approval", {"message": "?", "choices": ["ship", "hold"]}), "held": ("flow.noop", {})},
        edges=["ask.rejected -> held"],
        output="{{ [ask.decision, ask.comment, ask.data] }}",
    )
    id = (await run(engine, what)).execution_id
    await engine.post(id, "approval", {"path": "ask", "decision": "approve"})
    await engine.post(id, "approval", {"path": "elsewhere", "decision": "ship"})
    await engine.post(id, "approval", {"path": "ask", "decision": "hold", "comment": "rain", "data": {"n": 1}})
    result = await engine.wait(id, timeout=PATIENCE)
    assert result.output == ["hold", "rain", {"n": 1}]
    assert str(result.nodes["held"].status) == "succeeded"


async def test_who_is_to_decide_is_told(engine: Engine) -> None:
    """What sits in the slot runs once, before the wait, with what it needs in scope."""
    notify = {
        "id": "tell",
        "type": "lab.remember",
        "params": {"note": "{{ [event.path, event.message, event.token] }}"},
    }
    ask = {"type": "flow.approval", "params": {"message": "Go?"}, "slots": {"notify": notify}}
    result = await run(engine, workflow({"ask": ask}))
    assert (result.status, result.reason) == (ExecutionStatus.WAITING, "wait.approval")
    from studio.engine import read_history

    history = await read_history(engine.store, engine.blobs, result.execution_id)
    (told,) = [record for _seq, _index, record in history.records if "tell" in record]
    assert told[1] == "ask[notify]/"
    output = await history.values.decode((told[8], told[9]))
    assert output["note"][:2] == ["ask", "Go?"]
    assert len(output["note"][2]) >= 32
    await engine.post(result.execution_id, "approval", {"path": "ask", "decision": "approve"})
    assert (await engine.wait(result.execution_id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
    assert output["count"] == 1


@pytest.mark.parametrize(("on_timeout", "code"), [("continue", None), ("fail", "flow.signal_timeout")])
async def test_a_signal_that_does_not_come(engine: Engine, on_timeout: str, code: str | None) -> None:
    params = {"name": "paid", "timeout": SOON, "on_timeout": on_timeout}
    what = workflow({"s": ("flow.signal_wait", params)}, output="{{ s.payload }}")
    result = await run(engine, what)
    assert (result.output, result.error and result.error.code) == (None, code)


async def test_waiting_until_a_moment(engine: Engine) -> None:
    """A time without an offset is one of the workflow's time zone; what has passed does not wait."""
    moment = datetime.now(UTC) + timedelta(hours=3)
    local = moment.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None)
    for text in (local.isoformat(), moment.isoformat()):
        what = workflow({"w": ("flow.wait", {"until": text})}, settings={"time_zone": "Asia/Tokyo"})
        result = await run(engine, what, timeout=1)
        assert (result.status, result.reason) == (ExecutionStatus.WAITING, "wait.timer")
        assert result.wake_at == int(moment.timestamp() * 1e6)
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    result = await run(engine, workflow({"w": ("flow.wait", {"until": past})}, output="{{ w.waited }}"))
    assert result.output == 0


async def test_a_deadline_holds_while_it_waits(engine: Engine) -> None:
    engine.config.linger = 0.0
    what = workflow({"w": ("flow.wait", {"seconds": 3600})}, settings={"deadline": "500ms"})
    id = await engine.submit(StartRequest(workflow=what))
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.error and result.error.code) == (ExecutionStatus.FAILED, "execution.deadline")
    row = await engine.store.execution(id)
    assert row is not None
    assert row.epoch <= 3, "it went to sleep again and again instead of ending"


async def test_the_soonest_of_several_waits_is_its_reason(engine: Engine) -> None:
    nodes = {
        "ask": ("flow.approval", {"message": "?"}),
        "sign": ("flow.signal_wait", {"name": "go"}),
        "timer": ("flow.wait", {"seconds": 3600}),
    }
    result = await run(engine, workflow(nodes), timeout=1)
    assert (result.status, result.reason) == (ExecutionStatus.WAITING, "wait.approval")
    assert result.wake_at is not None
    for path in ("ask", "sign", "timer"):
        assert str(result.nodes[path].status) == "waiting"
    await engine.post(result.execution_id, "cancel", {})
    result = await engine.wait(result.execution_id, timeout=PATIENCE)
    assert result.status is ExecutionStatus.CANCELLED
    assert {str(node.status) for node in result.nodes.values()} == {"cancelled"}


async def test_a_stop_passes_what_would_catch_it(engine: Engine) -> None:
    """Inside a map, and inside a try with a catch."""
    stop = {"stop": {"type": "flow.stop", "params": {"output": "{{ 'at ' + str(inputs.n) }}"}}}
    for container in (
        {"type": "flow.map", "params": {"items": [1, 2, 3], "on_item_error": "collect"}, "body": {"nodes": stop}},
        {"type": "flow.try", "body": {"nodes": stop}, "catch": {"nodes": {}, "output": "caught"}},
    ):
        nodes = {"c": container, "after": ("lab.add", {"value": 1})}
        what = workflow(nodes, edges=["c -> after"], inputs={"n": {"type": "integer"}}, output="not reached")
        result = await run(engine, what, inputs={"n": 7})
        assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, "at 7")
        assert "after" not in result.nodes


async def test_a_pause_holds_what_waits_until_it_is_resumed(engine: Engine) -> None:
    engine.config.linger = 0.0
    id = await engine.submit(StartRequest(workflow=workflow({"w": ("flow.wait", {"seconds": 0.4})}, output="{{ 1 }}")))
    await engine.post(id, "pause", {})
    result = await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
    assert (result.status, result.wake_at) == (ExecutionStatus.PAUSED, None)
    await engine.post(id, "resume", {})
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, 1)
