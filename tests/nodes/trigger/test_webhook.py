"""trigger.webhook."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.trigger.webhook import Webhook
from studio.sdk import TriggerRequest
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Webhook)


async def receive(request, **params):
    with NodeTester(Webhook) as tester:
        return await tester.run({"path": "hook", **params}, scope={"request": request})


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", "", None),
        ("application/problem+json; charset=utf-8", "[1]", [1]),
        ("text/plain", "é", "é"),
        ("", "plain", "plain"),
        ("application/x-www-form-urlencoded", "a=1&a=2&b=", {"a": "1, 2", "b": ""}),
    ],
)
async def test_bodies(kind, body, expected) -> None:
    result = await receive({"headers": {"content-type": kind}, "body": body})
    assert result.output["events"][0]["body"] == expected


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"\xff"), ("text/plain", b"\xff"), ("application/x-www-form-urlencoded", b"a&" * 20_000)],
)
async def test_hostile_bodies(kind, body) -> None:
    result = await receive({"headers": {"content-type": kind}, "body": body})
    assert result.error.code == "trigger.bad_body"


async def test_delivery_ids_and_repeated_headers() -> None:
    request = TriggerRequest(method="PUT", path="/x", headers=(("x-github-delivery", "7"), ("a", "1"), ("a", "2")))
    received = await Webhook().receive(
        Webhook.input_model.model_validate({"path": "x", "method": "ANY"}), request, None
    )
    assert received.events[0].id == "7"
    assert received.events[0].data["headers"]["a"] == "1, 2"
    assert received.status == 202


@pytest.mark.parametrize("path", ["", "/a", "a b", "é", "a?b", "../x", "x" * 201])
async def test_paths(path) -> None:
    with pytest.raises(ValidationError):
        Webhook.input_model.model_validate({"path": path})
