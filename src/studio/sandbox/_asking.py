"""How foreign code asks the process that it works for: questions with numbers, answers in any order.

Whoever waits reads: the event loop when something has come, or the loop's own thread where it cannot go on without its
answer. That is one thread, so nobody reads half of what another has begun.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from studio.sandbox import _wire

T = TypeVar("T")


class Asking:
    """Implements ``studio.contracts.apart.Ask``. Answers come while ``run`` runs a coroutine."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._early: dict[int, _wire.Answered] = {}
        self._now: set[int] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._sending = threading.Lock()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that asks, in an event loop of its own."""
        return asyncio.run(self._attached(coroutine))

    async def _attached(self, coroutine: Coroutine[Any, Any, T]) -> T:
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._loop.add_reader(self._connection, self._read)
        try:
            return await coroutine
        finally:
            self._loop.remove_reader(self._connection)

    async def __call__(self, name: str, /, *args: Any) -> Any:
        """Ask, and let others run until the answer is there."""
        number = next(self._numbers)
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._send(_wire.Asked(number, name, list(args)))
            return _value(await future)
        except asyncio.CancelledError:
            self._send(_wire.Dropped(number))
            raise
        finally:
            self._waiting.pop(number, None)

    def now(self, name: str, /, *args: Any) -> Any:
        """Ask, and wait for the answer: in the loop's thread by reading it, in another through the loop."""
        if threading.get_ident() != self._thread:
            assert self._loop is not None
            return asyncio.run_coroutine_threadsafe(self(name, *args), self._loop).result()
        number = next(self._numbers)
        self._now.add(number)
        self._send(_wire.Asked(number, name, list(args)))
        while number not in self._early:
            self._read()
        self._now.discard(number)
        return _value(self._early.pop(number))

    def _send(self, message: Any) -> None:
        with self._sending:
            self._connection.sendall(_wire.frame(message))

    def _read(self) -> None:
        kind = exactly(self._connection, 1)
        answer = _wire.answer_of(read_frame(self._connection))
        if bytes(kind) != _wire.ANSWER:
            raise ConnectionResetError
        if answer.number in self._now:
            self._early[answer.number] = answer
        elif (future := self._waiting.pop(answer.number, None)) is not None and not future.done():
            future.set_result(answer)


def _value(answer: _wire.Answered) -> Any:
    if answer.failed is not None:
        raise _wire.error_of(answer.failed)
    return answer.value


def read_frame(connection: socket.socket) -> bytearray:
    """What comes next, of the length that stands ahead of it.

    Raises:
        ConnectionResetError: Nothing comes any more.
    """
    (length,) = _wire.HEAD.unpack(exactly(connection, _wire.HEAD.size))
    return exactly(connection, length)


def exactly(connection: socket.socket, length: int) -> bytearray:
    """So many bytes.

    Raises:
        ConnectionResetError: There are fewer.
    """
    out = bytearray(length)
    view, at = memoryview(out), 0
    while at < length:
        count = connection.recv_into(view[at:])
        if not count:
            raise ConnectionResetError
        at += count
    return out
