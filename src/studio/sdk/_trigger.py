"""Triggers: nodes that start executions instead of running in one."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from studio.domain.status import Effect
from studio.sdk._base import BaseNode
from studio.sdk._check import NodeDefinitionError, owns, refuse
from studio.sdk._context import NodeContext
from studio.sdk._model import NodeModel

SOURCES = ("manual", "called", "error", "schedule", "receive", "poll", "listen")


@dataclass(frozen=True, slots=True)
class TriggerEvent:
    """One thing that happened; it starts one execution.

    ``data`` fits the trigger's ``event_model``. Events with an ``id`` that was accepted before are left out; ``at`` is
    when it happened, for triggers that know.
    """

    data: Any
    id: str | None = None
    at: datetime | None = None


class TriggerRequest(msgspec.Struct, kw_only=True, frozen=True):
    """A request from outside, as values. Names of headers are lower case, ``body`` is as it came."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    remote: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name, None where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True)
class Received:
    """What a request means: events to accept, and the answer to give once they are stored."""

    events: Sequence[TriggerEvent] = ()
    status: int = 202
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None


class TriggerNode(BaseNode, abstract=True):
    """Base of triggers: ``Input`` for the params, ``Event`` for what expressions find as ``event``.

    ``source`` tells where events come from: ``poll`` (``poll`` is called every ``interval`` seconds), ``receive``
    (the gateway passes requests on), ``listen`` (a connection is kept open), ``schedule``, ``manual``, ``called`` and
    ``error`` (Studio itself starts the execution). State kept with ``ctx.state.set`` is stored in the transaction that
    accepts the events, so no event is lost or accepted twice.
    """

    effect = Effect.PURE
    source: ClassVar[str]
    interval: ClassVar[float] = 60.0
    """Seconds between two polls, where the params do not say."""
    event_model: ClassVar[type[NodeModel]]

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        event = cls.__dict__.get("Event") or cls.__dict__.get("event_model")
        if event is not None:
            cls.event_model = event
            cls.output_model = event
        if not abstract:
            _check_trigger(cls)
        super().__init_subclass__(abstract=abstract, **kwargs)

    async def activate(self, input: Any, ctx: NodeContext) -> None:
        """Called when the workflow is switched on: register a webhook, remember where the feed stands."""

    async def deactivate(self, input: Any, ctx: NodeContext) -> None:
        """Called when the workflow is switched off: undo what ``activate`` did. May be called more than once."""

    async def poll(self, input: Any, ctx: NodeContext) -> Sequence[TriggerEvent]:
        """What happened since the last call, oldest first."""
        raise NodeDefinitionError(f"{self.type} is not polled")

    async def receive(self, input: Any, request: TriggerRequest, ctx: NodeContext) -> Received:
        """What a request means. Called after its signature was checked where the params ask for that."""
        raise NodeDefinitionError(f"{self.type} receives no requests")

    def listen(self, input: Any, ctx: NodeContext) -> AsyncIterator[TriggerEvent]:
        """Events from a connection that is kept open; written as an asynchronous generator."""
        raise NodeDefinitionError(f"{self.type} does not listen")

    def interval_of(self, input: Any) -> float:
        """Seconds between two polls for these params; a pure function."""
        return self.interval

    async def run(self, input: Any, ctx: NodeContext) -> Any:
        """Never called: a trigger starts executions and is not run by them."""
        raise NodeDefinitionError(f"{self.type} is a trigger and does not run")


def _check_trigger(cls: type[TriggerNode]) -> None:
    event: object = getattr(cls, "event_model", None)
    if not (isinstance(event, type) and issubclass(event, NodeModel)):
        refuse(cls, f"`Event` (or `event_model`) must be a class derived from NodeModel, got {event!r}")
    source: object = getattr(cls, "source", None)
    if source not in SOURCES:
        refuse(cls, f"`source` must be one of {', '.join(SOURCES)}, got {source!r}")
    for name in ("poll", "receive", "listen"):
        overridden = getattr(cls, name) is not getattr(TriggerNode, name)
        if overridden and source != name:
            refuse(cls, f"`{name}` is defined, but `source` is {source!r}")
        if source == name and not overridden:
            refuse(cls, f"`source` is {name!r}, but the method `{name}` is missing")
    for name in ("activate", "deactivate", "poll", "receive"):
        if not inspect.iscoroutinefunction(getattr(cls, name)):
            refuse(cls, f"`{name}` must be `async def`")
    if not inspect.isasyncgenfunction(cls.listen) and cls.listen is not TriggerNode.listen:
        refuse(cls, "`listen` must be an asynchronous generator")
    if isinstance(cls.interval, bool) or not cls.interval > 0:
        refuse(cls, f"`interval` must be a number of seconds above 0, got {cls.interval!r}")
    if cls.ports or cls.effect is not Effect.PURE:
        refuse(cls, "a trigger has the default port only, and no effect of its own")
    for name in ("run", "run_many", "prepare"):
        if owns(cls, name):
            refuse(cls, f"a trigger does not run, so it has no `{name}`")
