"""Live events: of one execution, numbered and resumable; of a workspace, hints to fetch again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import msgspec
from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from studio.contracts.stored import ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import NotFound
from studio.server._asking import Asking, Services
from studio.server._behind import platform_of
from studio.server._routes import Routes
from studio.server._streams import After, EventStream, LastEventId, Listener, position_of, socket_stream, sse_stream
from studio.server.resources.events.schemas import EventOut, HintOut, stream_of
from studio.server.resources.executions.shown import error_of
from studio.services.executing.results import Event
from studio.services.executing.watching import Position
from studio.services.platform import Platform

routes = Routes("", "events")


@routes.ask(
    "GET", "/executions/{execution}/events", Permission.EXECUTION_VIEW, response_class=Response,
    responses=stream_of(EventOut, "Server-sent events; the last one is named `end`."),
)  # fmt: skip
async def execution_events(
    execution: str,
    request: Request,
    actor: Asking,
    services: Services,
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """What happened in an execution and what happens, as server-sent events.

    Recorded events have an id, without gaps; a connection that comes back with the last id it saw goes on there. An
    event named `end` tells that the execution is over, one named `problem` that the stream ends for another reason.
    Who comes back after the end is answered with 204, at which browsers stop trying.
    """
    row = await services.executing.watching.open(actor, execution)
    position = position_of(last_event_id or after)
    if row.status.terminal and position[0] >= 0 and await services.executing.watching.nothing_after(row, position):
        return Response(status_code=204)
    messages = _events(request, services, actor, row, position)
    return EventStream(sse_stream(request, messages, ends=True))


@routes.live("/executions/{execution}/live", Permission.EXECUTION_VIEW)
async def execution_live(websocket: WebSocket, actor: Actor) -> None:
    """The same by WebSocket: messages of the types event, heartbeat, problem and end."""
    services = platform_of(websocket)
    row = await services.executing.watching.open(actor, websocket.path_params["execution"])
    position = position_of(websocket.query_params.get("after"))
    await socket_stream(websocket, _events(websocket, services, actor, row, position), "event")


@routes.ask(
    "GET", "/events", Permission.EXECUTION_VIEW, response_class=Response,
    responses=stream_of(HintOut, "Server-sent events without an end."),
)  # fmt: skip
async def workspace_events(request: Request, actor: Asking, services: Services) -> Response:
    """Hints to what has changed in the workspace, as far as the caller may see it.

    They are not recorded: who was away for a while fetches again what is shown.
    """
    return EventStream(sse_stream(request, _hints(request, services, actor), ends=False))


@routes.live("/live", Permission.EXECUTION_VIEW)
async def workspace_live(websocket: WebSocket, actor: Actor) -> None:
    """The same by WebSocket: messages of the types hint, heartbeat and problem."""
    await socket_stream(websocket, _hints(websocket, platform_of(websocket), actor), "hint")


async def _events(
    connection: HTTPConnection, services: Platform, actor: Actor, row: ExecutionRow, position: Position
) -> AsyncIterator[tuple[str | None, Any] | None]:
    async def still(who: Actor) -> None:
        await services.executing.watching.open(who, row.id)

    listener = Listener(connection, actor, Permission.EXECUTION_VIEW, still)
    async with aclosing(cast("Any", listener.heard(services.executing.watching.events(row, position)))) as events:
        async for event in events:
            yield None if event is None else _message(event, actor.lang)


def _message(event: Event, lang: str) -> tuple[str | None, Any]:
    id = f"{event.seq}.{event.index}" if event.seq >= 0 else None
    data = event.data
    if data.get("error") is not None:
        error = error_of(data["error"], lang)
        data = {**data, "error": error.model_dump() if error else None}
    shown = EventOut.model_construct(
        id=id, kind=event.kind, path=event.path, at=event.at, data=msgspec.to_builtins(data, enc_hook=str)
    )
    return id, shown.model_dump(mode="json")


async def _hints(
    connection: HTTPConnection, services: Platform, actor: Actor
) -> AsyncIterator[tuple[str | None, Any] | None]:
    async def still(who: Actor) -> None:
        if who.workspace != actor.workspace:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=actor.workspace)

    feeding = services.executing.feeding
    listener = Listener(connection, actor, Permission.EXECUTION_VIEW, still)
    async with aclosing(cast("Any", listener.heard(feeding.hints(actor.workspace)))) as hints:
        async for hint in hints:
            if hint is None:
                yield None
            elif await feeding.visible(listener.actor, hint):
                yield None, {"kind": hint.kind, "id": hint.id}
