"""Starting executions: accepted means stored, and overload is refused before it."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import orjson

from studio.contracts.records import Records
from studio.contracts.stored import ExecutionRow, Idempotency
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, StudioError, UserError
from studio.domain.workflow import Workflow
from studio.engine import Engine, ExecutionResult, StartRequest
from studio.services.auditing import entry
from studio.services.executing.debugging import check_breakpoints
from studio.services.workflows.starting import Starting, StartOptions, Which

_WINDOW = 24 * 3600 * 1_000_000
"""How long an idempotency key is remembered."""
MOST_QUEUED = 100_000
"""So many executions may wait in the database to be taken up before more are refused."""
_COUNT_EVERY = 1.0
MOST_WAITED = 300.0
"""Seconds that a caller may wait for a result."""

Admit: TypeAlias = Callable[[Actor, str], Callable[[], None]]
"""Lets somebody start an execution of a workflow (its id), or raises; gives what takes that back."""

PinnedOf: TypeAlias = Callable[[str, str, Workflow], Awaitable[Mapping[str, Any]]]
"""What is pinned beside the draft of a workflow (workspace, id, document) for nodes of its top level."""


class Overloaded(StudioError):
    """There is more to do than can be taken on. ``retry_after`` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("execution.overloaded", "Studio has more to do than it can take on. Try again in a moment.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks to be run.

    Args:
        workflow: Id or key.
        which: The published version, the draft, or a version by number.
        inputs: Values by name.
        tags: Tags beside the workflow's own.
        priority: Instead of the workflow's own.
        until: Only this node and what it needs.
        pinned: Outputs by node, which are taken instead of running it; ``draft`` for what is pinned beside the draft.
        breakpoints: Nodes before which a run of the draft stops, each with a condition or None.
        trigger: What started it, as lists show it.
        idempotency_key: The same key with the same order gives the same execution.
    """

    workflow: str
    which: Which = "published"
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tags: Sequence[str] = ()
    priority: int | None = None
    until: str | None = None
    pinned: Mapping[str, Any] | Literal["draft"] = field(default_factory=dict[str, Any])
    breakpoints: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    trigger: str = "api"
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An execution that is stored durably: its id, the workflow's id, and the workflow's name."""

    id: str
    workflow: str
    name: str


class ExecutionStarting:
    """Starts executions for somebody.

    Args:
        most_queued: So many executions may wait for their turn in this process before more are refused.
        pinned: Gives what is pinned beside a draft.
        admit: Asked before an execution is accepted: quotas.
    """

    def __init__(
        self, engine: Engine, records: Records, starting: Starting, *, most_queued: int, pinned: PinnedOf,
        admit: Admit | None = None,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._records = records
        self._starting = starting
        self._most_queued = most_queued
        self.pinned = pinned
        self._admit = admit
        self._accepting = 0
        self._queued = 0
        self._counted = float("-inf")

    async def start(self, actor: Actor, order: Order) -> ExecutionRow:
        """Accept an execution; it is stored durably when this returns.

        Raises:
            NotFound: There is no such workflow or version.
            AccessRefused: The actor may not run it.
            Conflict: It is archived or not published; or the idempotency key came with another order.
            WorkflowInvalid: The inputs do not fit.
            Overloaded: There is too much to do already.
        """
        return await self._row(actor, await self.accept(actor, order))

    async def _row(self, actor: Actor, accepted: Accepted) -> ExecutionRow:
        row = await self._engine.store.execution(accepted.id, actor.workspace)
        if row is None:
            raise NotFound("execution.not_found", "There is no execution {id}.", id=accepted.id)
        return row

    async def accept(self, actor: Actor, order: Order) -> Accepted:
        """``start`` without reading the execution back."""
        if self._accepting >= self._most_queued:
            raise Overloaded(1.0)
        self._accepting += 1
        try:
            id, request = await self._submitted(actor, order)
        finally:
            self._accepting -= 1
        return Accepted(id, request.identities[""], request.workflow.name)

    async def _submitted(self, actor: Actor, order: Order) -> tuple[str, StartRequest]:
        given: Mapping[str, Any] = {} if isinstance(order.pinned, str) else order.pinned
        options = StartOptions(
            trigger=order.trigger, until=order.until, pinned=given, tags=order.tags, priority=order.priority,
            idempotency=_idempotency(actor, order),
        )  # fmt: skip
        request = await self._starting.start_request(actor, order.workflow, order.which, order.inputs, options)
        if order.breakpoints:
            if order.which != "draft":
                raise Conflict("execution.not_a_test", "Only runs of a draft can be stopped and looked into.")
            check_breakpoints(request.workflow, order.breakpoints)
            request = replace(request, breakpoints=order.breakpoints)
        if isinstance(order.pinned, str):
            if order.which != "draft":
                raise UserError(
                    "execution.pinned_draft", "What is pinned beside the draft is for runs of the draft."
                ).at(param="pinned")
            pinned = await self.pinned(actor.workspace, request.identities[""], request.workflow)
            request = replace(request, pinned=pinned)
        return await self.submit(actor, request), request

    async def submit(self, actor: Actor, request: StartRequest) -> str:
        """Accept a request that was made elsewhere, where quotas and load admit it; gives the execution's id."""
        await self._hold_back()
        take_back = self._admit(actor, request.identities.get("", "")) if self._admit is not None else None
        try:
            return await self._engine.submit(request)
        except BaseException:
            if take_back is not None:
                take_back()
            raise

    async def _hold_back(self) -> None:
        """Refuse what could not be kept up with: projections that lag, a queue that only grows."""
        if self._engine.projector.behind:
            raise Overloaded(2.0)
        now = time.monotonic()
        if now - self._counted > _COUNT_EVERY:
            self._counted = now
            self._queued = await self._engine.store.queued(MOST_QUEUED)
        if self._queued >= MOST_QUEUED:
            raise Overloaded(5.0)

    async def start_audited(self, actor: Actor, order: Order) -> ExecutionRow:
        """``start`` by a person, which the audit log tells."""
        accepted = await self.accept(actor, order)
        after = {"which": order.which, "inputs": sorted(order.inputs)}
        told = entry(actor, "execution.started", kind="execution", id=accepted.id, name=accepted.name, after=after)
        # Neither needs the other: the row is read while the entry is on its way to the disk.
        row, _ = await asyncio.gather(self._row(actor, accepted), self._records.commit([], [told]))
        return row

    async def wait(self, id: str, seconds: float) -> ExecutionResult | None:
        """Wait for the end of an execution; None where it still goes on, or waits for something, after that time."""
        result = await self._engine.wait(id, timeout=min(seconds, MOST_WAITED), nodes=False)
        return result if result.status.terminal else None


def _idempotency(actor: Actor, order: Order) -> Idempotency | None:
    if order.idempotency_key is None:
        return None
    # Keys of different callers are different keys: nobody gets another's execution by guessing a key.
    who = actor.key or actor.id
    body = orjson.dumps(
        [
            order.workflow,
            order.which,
            order.inputs,
            list(order.tags),
            order.priority,
            order.until,
            order.pinned,
            *([order.breakpoints] if order.breakpoints else []),
        ],
        option=orjson.OPT_SORT_KEYS,
    )
    return Idempotency(f"api:{who}:{order.idempotency_key}", hashlib.sha256(body).digest(), _WINDOW)
