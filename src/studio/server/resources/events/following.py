"""Live events of one workflow: changes of its draft and comments, numbered and resumable, and who has it open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import msgspec
from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from studio.domain.access import Actor, Permission
from studio.domain.errors import NotFound
from studio.server._asking import Asking, Services
from studio.server._behind import platform_of
from studio.server._routes import Routes
from studio.server._streams import After, EventStream, LastEventId, Listener, position_of, socket_stream, sse_stream
from studio.server.resources.comments.shown import thread_out
from studio.server.resources.editing.shown import operation_out
from studio.server.resources.events.schemas import WorkflowEventOut, stream_of
from studio.services.editing.following import Followed
from studio.services.editing.presence import Tab, Where
from studio.services.executing.watching import Position
from studio.services.platform import Platform

routes = Routes("/workflows", "events")

_MESSAGES_A_SECOND = 20
_BURST = 60
_MAX_MESSAGE = 16 * 1024


@routes.ask(
    "GET", "/{workflow}/events", Permission.WORKFLOW_VIEW, response_class=Response,
    responses=stream_of(WorkflowEventOut, "Server-sent events without an end."),
)  # fmt: skip
async def workflow_events(
    workflow: str,
    request: Request,
    actor: Asking,
    services: Services,
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """What is changed in a workflow's draft and said about it, and who has it open, as server-sent events.

    Changes and comments have an id, `revision.comment`; a connection that comes back with the last id it saw goes on
    there. `reload` says that the draft has to be loaded anew.
    """
    id = (await services.workflows.finder.find(actor, workflow)).id
    messages = _messages(request, services, actor, id, position_of(last_event_id or after))
    return EventStream(sse_stream(request, messages, ends=False))


@routes.live("/{workflow}/live", Permission.WORKFLOW_VIEW)
async def workflow_live(websocket: WebSocket, actor: Actor) -> None:
    """The same by WebSocket, for somebody who has the workflow open: others see them, and where they say they are.

    In the address: ``after``, the id of the last event; ``client``, the tab.
    """
    services, asked = platform_of(websocket), websocket.query_params
    position = position_of(asked.get("after"))
    id = (await services.workflows.finder.find(actor, websocket.path_params["workflow"])).id
    tab = services.present.tab(actor, id, asked.get("client", "")[:64] or "tab")
    try:
        messages = _messages(websocket, services, actor, id, position, tab)
        await socket_stream(websocket, messages, "event", _Heard(tab).heard)
    finally:
        await asyncio.shield(tab.leave())


async def _messages(
    connection: HTTPConnection, services: Platform, actor: Actor, workflow: str, after: Position, tab: Tab | None = None
) -> AsyncIterator[tuple[str | None, Any] | None]:
    async def still(who: Actor) -> None:
        if who.workspace != actor.workspace:
            raise NotFound("workflow.not_found", "There is no workflow {id}.", id=workflow)
        await services.workflows.finder.find(who, workflow)

    listener = Listener(connection, actor, Permission.WORKFLOW_VIEW, still)
    source = services.following.events(actor.workspace, workflow, after, lambda: listener.actor, tab)
    async with aclosing(cast("Any", listener.heard(source))) as events:
        async for event in events:
            yield None if event is None else _message(event)


def _message(event: Followed) -> tuple[str | None, Any]:
    id = f"{event.position[0]}.{event.position[1]}" if event.position is not None else None
    if event.type == "operation":
        about: dict[str, Any] = {"operation": operation_out(event.value).model_dump(mode="json")}
    elif event.type == "comment":
        about = {"thread": thread_out(event.value).model_dump(mode="json")}
    else:
        about = event.value
    return id, {"type": event.type, "id": id, **about}


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says: where it is, or only that it is there."""

    type: str
    node: str | None = None
    selection: list[str] = []
    cursor: tuple[float, float] | None = None


class _Heard:
    """Takes what a page says of where it is; a few messages too many are passed over."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._tokens, self._refilled = float(_BURST), time.monotonic()

    async def heard(self, text: str) -> int | None:
        """Take a message; the code to close the connection with, where it is none."""
        if len(text) > _MAX_MESSAGE:
            return 1009
        if not self._token():
            return None
        try:
            said = msgspec.json.decode(text, type=_Said)
        except msgspec.MsgspecError:
            return 1003
        if said.type == "presence":
            await self._tab.beat(Where(node=said.node, selection=said.selection, cursor=said.cursor))
        return None

    def _token(self) -> bool:
        now = time.monotonic()
        self._tokens = min(_BURST, self._tokens + (now - self._refilled) * _MESSAGES_A_SECOND)
        self._refilled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
