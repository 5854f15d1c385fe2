"""Live events of an execution, across lost connections."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from studio.client.errors import ServerFailed, TooMany, Unreachable, api_error
from studio.client.transport import Part

_SILENCE = 45.0
"""The server gives a sign of life every 15 seconds; three of them missing is a lost connection."""
_PAUSES = (0.1, 0.3, 1.0, 2.0, 5.0)


class LiveEvent(TypedDict):
    """Something that happened in an execution.

    ``id`` numbers recorded events (``12.0``); it is None for progress and parts, which are not recorded. ``kind`` is
    accepted, claimed, started, succeeded, failed, skipped, retrying, waiting, message, chunk, turn, used, progress,
    part, log, ended, and others to come.
    """

    id: str | None
    kind: str
    path: str | None
    at: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A server-sent event. ``event`` is its name, "" where it has none."""

    event: str
    id: str | None
    data: dict[str, Any]


class LivePart(Part):
    """Streams that go on where they were."""

    async def events(
        self, execution: str, *, after: str | None = None, patience: float = 120.0
    ) -> AsyncGenerator[LiveEvent]:
        """What happened in an execution and what happens, until it is over.

        Recorded events come in order, each once, whatever becomes of the connection.

        Args:
            execution: Id of the execution.
            after: Id of the last event that is known already.
            patience: Seconds for which a lost connection is tried anew.

        Raises:
            ApiError: There is no such execution, or it may not be seen (any more).
            Unreachable: The server did not come back in time.
        """
        last, failures, heard = after, 0, time.monotonic()
        while True:
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
            try:
                async with aclosing(self._messages(execution, last)) as messages:
                    async for message in messages:
                        failures, heard = 0, time.monotonic()
                        if message.event == "end":
                            return
                        if message.event == "problem":
                            raise api_error(int(message.data.get("status", 0)), message.data)
                        last = message.id or last
                        yield cast("LiveEvent", message.data)
            except (Unreachable, ServerFailed, TooMany) as error:
                if time.monotonic() - heard > patience:
                    raise
                pause = max(pause, getattr(error, "retry_after", None) or 0.0)
            # The server has said good-bye, or was not there: somebody will go on with it.
            await asyncio.sleep(pause)
            failures += 1

    async def _messages(self, execution: str, last: str | None) -> AsyncGenerator[Message]:
        headers = {"accept": "text/event-stream"} | ({"last-event-id": last} if last is not None else {})
        path = f"/executions/{self.quote(execution)}/events"
        async with self.opened("GET", path, headers=headers, silence=_SILENCE) as answer:
            if answer.status_code == 204:
                yield Message("end", None, {})
                return
            async for message in _parsed(answer.aiter_lines()):
                yield message


async def _parsed(lines: AsyncIterator[str]) -> AsyncIterator[Message]:
    """Messages out of the lines of a stream. Lines that begin with a colon are signs of life."""
    event, id, data = "", None, ""
    async for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield Message(event, id, json.loads(data))
            event, id, data = "", None, ""
        elif name == "event":
            event = value
        elif name == "id":
            id = value
        elif name == "data":
            data += value
