"""Running a trigger: its source is what the test says, its events are what it makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from studio.sdk import NodeModel, TriggerEvent, TriggerNode, TriggerRequest, dump_output, output_invalid
from studio.testing._context import ScratchContext


async def run_trigger(
    node: TriggerNode, input: Any, scope: Mapping[str, Any], context: ScratchContext
) -> dict[str, Any]:
    """What a trigger makes of its source, as ``events`` (and the answer's ``status``); others give the event back.

    ``request`` in the scope is what ``receive`` gets: method, path, query, headers, body. ``event`` in the scope is
    checked against the event model where Studio itself starts the execution.
    """
    await node.activate(input, context)
    try:
        if node.source == "poll":
            return {"events": _events(node, await node.poll(input, context))}
        if node.source == "listen":
            return {"events": _events(node, [event async for event in node.listen(input, context)])}
        if node.source == "receive":
            received = await node.receive(input, _request(scope.get("request") or {}), context)
            return {"events": _events(node, received.events), "status": received.status}
        return _event(node, scope.get("event") or {})
    finally:
        await node.deactivate(input, context)


def _request(fields: Mapping[str, Any]) -> TriggerRequest:
    body = fields.get("body", "")
    return TriggerRequest(
        method=fields.get("method", "POST"),
        path=fields.get("path", "/"),
        query=tuple((str(key), str(value)) for key, value in dict(fields.get("query", {})).items()),
        headers=tuple((str(key).lower(), str(value)) for key, value in dict(fields.get("headers", {})).items()),
        body=body.encode() if isinstance(body, str) else body,
        remote=fields.get("remote", "127.0.0.1"),
    )


def _events(node: TriggerNode, events: Iterable[TriggerEvent]) -> list[dict[str, Any]]:
    """What is accepted of the events: each id once."""
    seen: set[str] = set()
    out: list[dict[str, Any]] = []
    for event in events:
        if event.id is None or event.id not in seen:
            out.append(_event(node, event.data))
        if event.id is not None:
            seen.add(event.id)
    return out


def _event(node: TriggerNode, data: Any) -> dict[str, Any]:
    try:
        checked = node.event_model.model_validate(data.__dict__ if isinstance(data, NodeModel) else data)
    except ValidationError as error:
        raise output_invalid(node.type, error, node.event_model) from error
    return dump_output(checked)
