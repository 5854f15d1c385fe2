"""Running executions of a workspace again: replays, retries of failed items, forks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import msgspec

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Records
from studio.contracts.stored import ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, NotFound
from studio.engine import Engine, StartRequest
from studio.services.again import forked, read_earlier, replayed
from studio.services.auditing import entry
from studio.services.executing.debugging import check_breakpoints
from studio.services.executing.finding import ExecutionFinder, tagged
from studio.services.executing.starting import ExecutionStarting
from studio.services.workflows.starting import RESERVED_TAG, Starting, StartOptions

On: TypeAlias = Literal["same", "published", "draft"]
"""Which version runs: the one of then, the one that is published now, or the draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How an execution is to run again.

    Args:
        on: Which version.
        start: Node to run again together with everything after it; what comes before is reused. None runs everything.
        again: With ``start``: nodes before it that run again, too.
        until: Only this node and what it needs.
        breakpoints: Nodes before which a run of the draft stops, each with a condition or None.
        pinned: Take what is pinned beside the draft instead of running those nodes.
        inputs: Values that replace those of then.
    """

    on: On = "same"
    start: str | None = None
    again: Sequence[str] = ()
    until: str | None = None
    breakpoints: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    pinned: bool = False
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Rerunning:
    """Runs executions again for somebody."""

    def __init__(
        self,
        engine: Engine,
        blobs: BlobStore,
        records: Records,
        finder: ExecutionFinder,
        starting: Starting,
        accepting: ExecutionStarting,
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._records = records
        self._finder = finder
        self._starting = starting
        self._accepting = accepting

    async def replay(self, actor: Actor, execution_id: str, how: Replay) -> ExecutionRow:
        """A new execution that runs one again.

        Raises:
            NotFound: There is no such execution, node or version.
            AccessRefused: The actor may not control it, or may not run that version.
            Conflict: The execution goes on, and some of it is to be reused.
            WorkflowInvalid: The inputs do not fit.
        """
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_CONTROL)
        if how.start is not None:
            _require_ended(row)
        base = await self._base(actor, row, how.on)
        if how.start is not None and how.inputs:
            # What was decided about the inputs of then would stand for others.
            await self._starting.require_own(actor, tagged(row), base.workflow)
        request = replayed(base, row, start=how.start, failed_items=False, inputs=how.inputs)
        if how.start is not None:
            request = replace(request, rerun=(how.start, *how.again))
        request = await self._tried(actor, replace(request, until=how.until), how)
        facts = {"on": how.on, "start": how.start, "until": how.until, "inputs": sorted(how.inputs)}
        return await self._accept(actor, row, request, "execution.replayed", facts)

    async def _tried(self, actor: Actor, request: StartRequest, how: Replay) -> StartRequest:
        """With what is for runs of the draft alone."""
        if not how.breakpoints and not how.pinned:
            return request
        if not request.test:
            raise Conflict("execution.not_a_test", "Only runs of a draft can be stopped and looked into.")
        check_breakpoints(request.workflow, how.breakpoints)
        pinned: Mapping[str, Any] = {}
        if how.pinned:
            pinned = await self._accepting.pinned(actor.workspace, request.identities[""], request.workflow)
        return replace(request, breakpoints=how.breakpoints, pinned=pinned)

    async def retry(self, actor: Actor, execution_id: str) -> ExecutionRow:
        """A new execution that runs only what failed, items of maps included, under the same idempotency keys.

        Raises:
            NotFound: There is no such execution.
            Conflict: It goes on.
        """
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_CONTROL)
        _require_ended(row)
        request = replayed(await self._base(actor, row, "same"), row, start=None, failed_items=True, inputs={})
        return await self._accept(actor, row, request, "execution.retried", {})

    async def fork(self, actor: Actor, execution_id: str, until: str, on: On) -> ExecutionRow:
        """A new execution that copies the history of one up to a node, and goes on from there by itself.

        Raises:
            NotFound: There is no such execution or node.
        """
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_CONTROL)
        request = forked(await self._base(actor, row, on), row, until)
        return await self._accept(actor, row, request, "execution.forked", {"until": until, "on": on})

    async def _base(self, actor: Actor, row: ExecutionRow, on: On) -> StartRequest:
        earlier = await read_earlier(self._engine.store, self._blobs, row)
        tags = tuple(tag for tag in row.tags if not tag.startswith(RESERVED_TAG))
        own = tagged(row)
        if on == "same":
            charges = await self._starting.require_again(actor, earlier.workflow, earlier.calls, earlier.identities)
            grants = msgspec.structs.replace(
                earlier.grants, folder=await self._starting.folder(actor.workspace), allow_paths=[],
                allow_hosts=await self._starting.hosts(actor.workspace),
            )  # fmt: skip
            own_tag = (RESERVED_TAG + own,) if own is not None else ()
            return replace(
                earlier.request(), charges=charges, grants=grants, tags=(*own_tag, *tags), priority=row.priority
            )
        if own is None:
            raise Conflict(
                "execution.no_workflow", "This execution belongs to no workflow here; it can only run as it was."
            )
        # What the newer version does not know of the old inputs is left out, and the rest checked, when all are known.
        options = StartOptions(
            trigger=earlier.trigger, event=earlier.event, tags=tags, priority=row.priority, unchecked=True
        )
        return await self._starting.start_request(actor, own, on, earlier.inputs, options)

    async def _accept(
        self, actor: Actor, row: ExecutionRow, request: StartRequest, action: str, facts: dict[str, Any]
    ) -> ExecutionRow:
        id = await self._accepting.submit(actor, request)
        await self._records.commit(
            [],
            [entry(actor, action, kind="execution", id=row.id, name=row.workflow_name, after={**facts, "new": id})],
        )
        made = await self._engine.store.execution(id, actor.workspace)
        if made is None:
            raise NotFound("execution.not_found", "There is no execution {id}.", id=id)
        return made


def _require_ended(row: ExecutionRow) -> None:
    if not row.status.terminal:
        raise Conflict("execution.goes_on", "The execution {id} has not ended yet.", id=row.id)
