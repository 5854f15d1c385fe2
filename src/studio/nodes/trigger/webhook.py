"""trigger.webhook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson

from studio.domain.reasons import json_fault
from studio.sdk import (
    Example,
    Json,
    NodeContext,
    NodeModel,
    Param,
    Received,
    TriggerEvent,
    TriggerNode,
    TriggerRequest,
    UserError,
)

_MOST_FIELDS = 10_000
_DELIVERY = ("webhook-id", "x-github-delivery", "x-request-id", "idempotency-key")
"""Headers by which senders name a delivery, so that a repeated one is accepted once."""


class Webhook(TriggerNode):
    """Start when a request arrives at an address of this workflow.

    A JSON or form body is read; any other stays a text. A header that names the delivery makes repeated ones count
    once.
    """

    type = "trigger.webhook"
    title = "Webhook"
    keywords = ("http", "request", "callback", "api", "endpoint", "post")
    source = "receive"

    class Input(NodeModel):
        path: str = Param(
            pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_/-]{0,199}$",
            description="Last part of the address: letters, digits, - _ /",
        )
        method: Literal["POST", "GET", "PUT", "PATCH", "DELETE", "ANY"] = Param("POST", description="Method accepted")
        status: int = Param(202, ge=200, le=299, description="Status of the answer")

    class Event(NodeModel):
        method: str
        path: str
        headers: dict[str, str]
        query: dict[str, str]
        body: Json

    examples = (
        Example(
            title="JSON",
            input={"path": "signup"},
            scope={
                "request": {
                    "path": "/signup",
                    "query": {"via": "mail"},
                    "headers": {"Content-Type": "application/json", "Webhook-Id": "7"},
                    "body": '{"prénom": "Zoé"}',
                }
            },
            output={
                "status": 202,
                "events": [{"method": "POST", "query": {"via": "mail"}, "body": {"prénom": "Zoé"}}],
            },
        ),
        Example(
            title="A form",
            input={"path": "contact", "status": 200},
            scope={
                "request": {"headers": {"content-type": "application/x-www-form-urlencoded"}, "body": "a=1&b=%C3%A9"}
            },
            output={"status": 200, "events": [{"body": {"a": "1", "b": "é"}}]},
        ),
        Example(
            title="Broken JSON",
            input={"path": "signup"},
            scope={"request": {"headers": {"content-type": "application/json"}, "body": "{"}},
            error="trigger.bad_body",
        ),
        Example(
            title="Another method",
            input={"path": "signup"},
            scope={"request": {"method": "GET"}},
            error="trigger.wrong_method",
        ),
    )

    async def receive(self, input: Input, request: TriggerRequest, ctx: NodeContext) -> Received:
        if input.method not in ("ANY", request.method):
            raise UserError(
                "trigger.wrong_method",
                "This webhook takes {expected}; the request was {got}.",
                expected=input.method,
                got=request.method,
            )
        event = {
            "method": request.method,
            "path": request.path,
            "headers": _joined(request.headers),
            "query": _joined(request.query),
            "body": _body(request),
        }
        delivery = next((value for name in _DELIVERY if (value := request.header(name))), None)
        return Received(events=[TriggerEvent(data=event, id=delivery)], status=input.status)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs as an object; the values of a repeated name are joined by commas (RFC 9110, section 5.2)."""
    out: dict[str, str] = {}
    for name, value in pairs:
        out[name] = f"{out[name]}, {value}" if name in out else value
    return out


def _body(request: TriggerRequest) -> Any:
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if not request.body:
        return None
    try:
        if media_type == "application/json" or media_type.endswith("+json"):
            return orjson.loads(request.body)
        text = request.body.decode()
        if media_type == "application/x-www-form-urlencoded":
            return _joined(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise UserError(
            "trigger.bad_body",
            "The body is not what its media type {kind} says: {reason}.",
            kind=media_type,
            reason=json_fault(error),
        ) from error
    return text
