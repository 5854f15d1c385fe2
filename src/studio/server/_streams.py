"""What server-sent events and WebSockets have in common: who may listen, for how long, and how it ends."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Annotated, Any, TypeVar, cast

import orjson
from fastapi import Header, Query
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from studio.domain.access import Actor, Permission
from studio.domain.errors import StudioError, UserError
from studio.server._asking import permitted
from studio.server._behind import platform_of
from studio.server._problem import answer, language
from studio.services.executing.watching import START, Position, Tick

RECHECK = 2.0
"""Seconds after which it is asked again whether somebody may still listen."""
HEARTBEAT = 15.0
"""Seconds of silence after which a sign of life is sent, so that nothing on the way takes the connection for dead."""
PATIENCE = 30.0
"""Seconds that one message may take to leave; who takes longer is cut off."""

CLOSED_NOT_SIGNED_IN, CLOSED_REFUSED, CLOSED_GONE, CLOSED_SLOW = 4401, 4403, 4404, 4408
CLOSED_FAILED, CLOSED_RESTART = 1011, 1012
_CLOSE = {401: CLOSED_NOT_SIGNED_IN, 403: CLOSED_REFUSED, 404: CLOSED_GONE}
_POSITION = re.compile(r"(\d{1,15})\.(\d{1,9})\Z")
_T = TypeVar("_T")

_ID = "Last event that was received, as `12.0`; what came after it is sent."
After = Annotated[str | None, Query(max_length=40, description=_ID)]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=40, description=_ID)]

Heard = Callable[[str], Awaitable[int | None]]
"""Takes what the other side says; gives the code to close the connection with where it says too much."""

Recheck = Callable[[Actor], Awaitable[object]]
"""What must still be so for somebody to go on listening; raises where it is not."""


class Closing(Exception):
    """The server is about to stop."""


def position_of(text: str | None) -> Position:
    """Where a stream goes on: after the event with this id.

    Raises:
        UserError: It is no id of an event.
    """
    if not text:
        return START
    found = _POSITION.match(text.strip())
    if found is None:
        raise UserError("events.position", "This is no id of an event. They look like 12.0.").at(param="after")
    return int(found[1]), int(found[2])


class Listener:
    """Somebody who listens. ``actor`` is who they are, made anew while they listen."""

    def __init__(self, connection: HTTPConnection, actor: Actor, permission: Permission, recheck: Recheck) -> None:
        self._connection = connection
        self._permission = permission
        self._recheck = recheck
        self.actor = actor

    async def heard(self, source: AsyncIterator[_T | Tick]) -> AsyncIterator[_T | None]:
        """What there is to send; None where a sign of life is due.

        Raises:
            StudioError: They may not listen any more.
            Closing: The server is about to stop.
        """
        checked = said = time.monotonic()
        closing = platform_of(self._connection).closing
        async with aclosing(cast("Any", source)) as events:
            async for event in events:
                if closing.is_set():
                    raise Closing
                now = time.monotonic()
                if now - checked >= RECHECK:
                    actor = await permitted(self._connection, self._permission)
                    await self._recheck(actor)
                    self.actor, checked = actor, now
                if not isinstance(event, Tick):
                    said = now
                    yield event
                elif now - said >= HEARTBEAT:
                    said = now
                    yield None


def problem_of(error: StudioError, connection: HTTPConnection) -> dict[str, Any]:
    """A problem document, as it is sent inside a stream."""
    request_id = connection.scope.get("state", {}).get("request_id")
    return orjson.loads(answer(error, language(connection.headers), request_id).body)


class EventStream(Response):
    """An answer of server-sent events.

    Args:
        chunks: What is sent, each encoded.
    """

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.status_code = 200
        self.background = None
        self._chunks = chunks
        # Proxies that gather what they pass on are told not to.
        self.init_headers({"x-accel-buffering": "no", "cache-control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is nothing more, or nobody who takes it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            sending.cancel()
            with suppress(asyncio.CancelledError, TimeoutError):
                await sending

    async def _send(self, send: Send) -> None:
        async with aclosing(cast("Any", self._chunks)) as chunks:
            async for chunk in chunks:
                await _in_time(send, {"type": "http.response.body", "body": chunk, "more_body": True})
        await _in_time(send, {"type": "http.response.body", "body": b"", "more_body": False})


async def _in_time(send: Send, message: Message) -> None:
    async with asyncio.timeout(PATIENCE):
        await send(message)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def sse(data: Any, *, id: str | None = None, event: str | None = None) -> bytes:
    """One server-sent event."""
    head = (f"id: {id}\n" if id is not None else "") + (f"event: {event}\n" if event is not None else "")
    return head.encode() + b"data: " + encoded(data) + b"\n\n"


def encoded(data: Any) -> bytes:
    """A message as JSON."""
    return orjson.dumps(data, default=str)


async def sse_stream(
    connection: HTTPConnection, messages: AsyncIterator[tuple[str | None, Any] | None], *, ends: bool
) -> AsyncIterator[bytes]:
    """The events of a stream: (id, data) each, None for a sign of life; what goes wrong is the event ``problem``."""
    yield b"retry: 2000\n\n"
    try:
        async with aclosing(cast("Any", messages)) as every:
            async for message in every:
                yield b":\n\n" if message is None else sse(message[1], id=message[0])
        if ends:
            yield sse({}, event="end")
    except StudioError as error:
        yield sse(problem_of(error, connection), event="problem")
    except Closing:
        return


async def socket_stream(
    websocket: WebSocket,
    messages: AsyncIterator[tuple[str | None, Any] | None],
    kind: str,
    heard: Heard | None = None,
) -> None:
    """Send the messages of a stream, each as ``{"type": kind, …}``, and close with a code that says why.

    What the other side says is given to ``heard``, and is nothing to us without.
    """
    await websocket.accept()
    sending = asyncio.ensure_future(_send_all(websocket, messages, kind))
    leaving = asyncio.ensure_future(_closed(websocket, heard))
    code = 1000
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not sending.done():
            sending.cancel()
        with suppress(asyncio.CancelledError):
            code = await sending
        gone = leaving.done() and not leaving.cancelled()
        refused = leaving.result() if gone else None
        code = code if refused is None else refused
        if not gone or refused is not None:
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                async with asyncio.timeout(1):
                    await websocket.close(code)


async def _send_all(websocket: WebSocket, messages: AsyncIterator[tuple[str | None, Any] | None], kind: str) -> int:
    async def send(data: dict[str, Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            await websocket.send_text(encoded(data).decode())

    try:
        async with aclosing(cast("Any", messages)) as every:
            async for message in every:
                await send({"type": "heartbeat"} if message is None else {"type": kind, **message[1]})
        await send({"type": "end"})
    except TimeoutError:
        return CLOSED_SLOW
    except Closing:
        return CLOSED_RESTART
    except StudioError as error:
        problem = problem_of(error, websocket)
        with suppress(TimeoutError):
            await send({"type": "problem", "problem": problem})
        return _CLOSE.get(problem["status"], CLOSED_FAILED)
    return 1000


async def _closed(websocket: WebSocket, heard: Heard | None) -> int | None:
    """Done when the other side has gone, or with a code when it is to go."""
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        code = await heard(text) if heard is not None and text is not None else None
        if code is not None:
            return code
    return None
