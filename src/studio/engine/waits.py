"""What an execution waits for: timers and messages, and the messages that came before anyone asked for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson

from studio.contracts.stored import Message
from studio.engine import records as r
from studio.engine.debugging import take

if TYPE_CHECKING:
    from studio.engine.run import Run

_LONGEST = 86_400.0

Key = tuple[str, str]
"""What is waited for: (kind, name), such as ("signal", "paid"), ("approval", "ask"), ("child", id)."""


class Waits:
    """Timers and mailboxes of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._timers: dict[asyncio.Future[Any], tuple[int, asyncio.TimerHandle]] = {}
        self._listeners: dict[Key, list[asyncio.Future[Any]]] = {}
        self._mail: dict[Key, list[tuple[str, Any]]] = {}
        self._raw: dict[str, tuple[str, bytes, int]] = {}
        self._reasons: dict[asyncio.Future[Any], list[Any]] = {}
        self._limits: dict[str, int] = {}

    def any(self) -> bool:
        """Whether anything is awaited."""
        return bool(self._timers or self._listeners)

    def soonest(self) -> int | None:
        """When the next timer is due or the next time-out falls, microseconds."""
        due = [at for at, _handle in self._timers.values()]
        return min((*due, *self._limits.values()), default=None)

    def limit(self, path: str, at: int | None) -> None:
        """Note when a node's time-out falls, so that it wakes an execution that has left memory."""
        if at is None:
            self._limits.pop(path, None)
        else:
            self._limits[path] = at

    def local_children(self) -> bool:
        """Whether a child is awaited that this process is driving."""
        return any(kind == "child" and self._run.engine.drives(name) for kind, name in self._listeners)

    def reason(self) -> str | None:
        """Why this execution waits, as JSON: a code and its arguments."""
        first = next(iter(sorted(self._reasons.values(), key=str)), None)
        return orjson.dumps(first).decode() if first is not None else None

    async def until(self, path: str, at: int, reason: list[Any]) -> None:
        """Wait until a time."""
        await self._wait(path, at, None, reason)

    async def receive(self, path: str, key: Key, at: int | None, reason: list[Any]) -> tuple[str, Any] | None:
        """Wait for a message, at most until ``at``: its id and payload, None where the time is over.

        A message that came early is taken at once.
        """
        early = self._mail.get(key)
        if early:
            return early.pop(0)
        return await self._wait(path, at, key, reason)

    async def _wait(self, path: str, at: int | None, key: Key | None, reason: list[Any]) -> Any:
        run = self._run
        task = asyncio.current_task()
        future: asyncio.Future[Any] = run.loop.create_future()
        if at is not None:
            self._timers[future] = (at, self._arm(at, future))
        if key is not None:
            self._listeners.setdefault(key, []).append(future)
        self._reasons[future] = reason
        run.mark_waiting(task, True)
        began = run.clock()
        run.engine.waiting(run, path, reason, at)
        try:
            return await run.suspend(future)
        finally:
            run.mark_waiting(task, False)
            run.engine.waited(run, path, run.clock() - began)
            self._reasons.pop(future, None)
            if key is not None:
                self._unlisten(key, future)
            timer = self._timers.pop(future, None)
            if timer is not None:
                timer[1].cancel()

    def _unlisten(self, key: Key, future: asyncio.Future[Any]) -> None:
        others = [one for one in self._listeners.get(key, ()) if one is not future]
        if others:
            self._listeners[key] = others
        else:
            self._listeners.pop(key, None)

    def _arm(self, at: int, future: asyncio.Future[Any]) -> asyncio.TimerHandle:
        delay = max(0.0, (at - self._run.clock()) / 1e6)
        return self._run.loop.call_later(min(delay, _LONGEST), self._due, at, future)

    def _due(self, at: int, future: asyncio.Future[Any]) -> None:
        if self._run.clock() < at:
            self._timers[future] = (at, self._arm(at, future))
        else:
            self._run.wake(future, None)

    def deliver(self, message: Message) -> None:
        """Hand a message to who waits for it, or keep it."""
        payload: Any = r.decode_facts(message.payload) if message.payload else {}
        if message.kind == "cancel":
            self._run.cancel(str(payload.get("reason", "")))
            return
        if message.kind in ("pause", "resume"):
            (self._run.pause if message.kind == "pause" else self._run.unpause)()
            return
        if message.kind in ("edit", "breaks"):
            take(self._run, message.kind, message.id, payload)
            return
        key = message_key(message.kind, payload)
        self._raw[message.id] = (message.kind, message.payload, message.created_at)
        listener = next((one for one in self._listeners.get(key, ()) if not one.done()), None)
        if listener is not None:
            self._run.wake(listener, (message.id, payload))
        else:
            self._mail.setdefault(key, []).append((message.id, payload))

    def consumed(self, message_id: str | None) -> None:
        """A message has had its effect; a snapshot need not keep it."""
        if message_id is not None:
            self._raw.pop(message_id, None)

    def unconsumed(self) -> list[tuple[str, str, bytes, int]]:
        """Messages taken that have had no effect yet."""
        return [(id, kind, payload, at) for id, (kind, payload, at) in self._raw.items()]

    def close(self) -> None:
        """Disarm the timers; the waiting coroutines are cancelled by their owner."""
        for _at, handle in self._timers.values():
            handle.cancel()


def message_key(kind: str, payload: Any) -> Key:
    """Who a message is for."""
    if kind == "signal":
        return "signal", str(payload.get("name", ""))
    if kind == "child":
        return "child", str(payload.get("id", ""))
    return kind, str(payload.get("path", ""))
