"""Debugging test executions: where they stop, letting them go on, and changing the data that they work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
import orjson

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Records
from studio.contracts.stored import ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, NotFound, UserError
from studio.domain.workflow import Workflow
from studio.engine import Engine, ErrorInfo, Look
from studio.engine import records as r
from studio.engine.debugging import Held, all_held, compiled_condition, editor_path, split_path
from studio.engine.failures import error_info
from studio.engine.history import Recovered, recover
from studio.services.auditing import entry
from studio.services.executing.finding import ExecutionFinder, tagged
from studio.services.executing.masking import Masking, hidden_in
from studio.services.expressing.places import place_of
from studio.services.pinning.pinning import unmasked
from studio.services.workflows.starting import Starting

MOST_BREAKPOINTS = 200
MOST_EDITED = 256 * 1024
"""Bytes of an edited value as JSON."""


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """A node run that waits at a breakpoint.

    Args:
        path: Of the node run.
        node: Of the node in the workflow, as the editor writes it.
        at: Since when, microseconds.
        why: breakpoint or step.
        error: Why its input, or the breakpoint's condition, could not be evaluated.
    """

    path: str
    node: str
    at: int
    why: str
    error: ErrorInfo | None


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Where an execution stops, and where it has stopped. ``test``: it can be debugged at all."""

    test: bool
    points: Mapping[str, str | None]
    stopped: Sequence[Stopped]


def check_breakpoints(workflow: Workflow, points: Mapping[str, str | None]) -> None:
    """Let breakpoints be set, or not.

    Raises:
        NotFound: There is no such node.
        ExpressionError: A condition cannot be read.
        UserError: There are too many.
    """
    if len(points) > MOST_BREAKPOINTS:
        raise UserError("execution.breakpoints", "At most {most} breakpoints can be set.", most=MOST_BREAKPOINTS)
    for path, condition in points.items():
        if place_of(workflow, path).node is None:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=path)
        if condition is not None:
            compiled_condition(condition)


class Debugging:
    """Debugs executions for somebody. Each act is stored durably, and audited, before the call returns."""

    def __init__(
        self, engine: Engine, blobs: BlobStore, records: Records, finder: ExecutionFinder, starting: Starting,
        masking: Masking,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._blobs = blobs
        self._records = records
        self._finder = finder
        self._starting = starting
        self._masking = masking

    async def show(self, actor: Actor, execution_id: str) -> Breakpoints:
        """Where an execution stops, and where it has stopped.

        Raises:
            NotFound: There is none that the actor may see.
        """
        row = await self._finder.find(actor, execution_id)
        found = await self._recovered(row)
        points: Mapping[str, str | None] = (found.breaks or {}).get("points", found.start.get("breakpoints") or {})
        held = [] if row.status.terminal else sorted(all_held(found.memory))
        mask = await self._masking.of(row) if any(one.error for one in held) else None
        stopped = [
            Stopped(
                path=one.path, node=editor_path(one.path), at=one.at, why=one.why,
                error=error_info(one.error) if mask is None else hidden_in(mask, error_info(one.error)),
            )
            for one in held
        ]  # fmt: skip
        return Breakpoints(bool(found.start.get("test")), points, stopped)

    async def set(self, actor: Actor, execution_id: str, points: Mapping[str, str | None]) -> ExecutionRow:
        """Stop at these nodes from now on, and at no others.

        Raises:
            NotFound: There is no such execution or node.
            Conflict: It is no run of a draft, or has ended.
            ExpressionError: A condition cannot be read.
        """
        row, _ = await self._test(actor, execution_id)
        check_breakpoints(await self._workflow(row), points)
        return await self._post(actor, row, "breaks", {"points": dict(points)}, after={"nodes": sorted(points)})

    async def go(self, actor: Actor, execution_id: str, path: str | None, *, step: bool) -> ExecutionRow:
        """Let what waits at a path run, or all that waits; with ``step`` it stops again before what comes after.

        Raises:
            NotFound: There is no such execution.
            Conflict: It is no run of a draft, or nothing waits there.
        """
        row, found = await self._test(actor, execution_id)
        held = [one for one in all_held(found.memory) if path is None or one.path == path]
        if not held:
            raise Conflict("execution.not_stopped", "Nothing waits at a breakpoint there.")
        for one in held:
            facts = {"path": one.path, "step": step}
            await self._post(
                actor, row, "go", facts, kind="step" if step else "continue", after={"path": one.path},
                message_id=_go_id(one),
            )  # fmt: skip
        return row

    async def edit(
        self, actor: Actor, execution_id: str, path: str, *, output: Any = None, params: Mapping[str, Any] | None = None
    ) -> ExecutionRow:
        """Change what a node has given, or the params with which one that waits is going to run, in this execution.

        Raises:
            NotFound: There is no such execution, or the node has no output.
            AccessRefused: The actor may not edit the workflow, or use what it uses.
            Conflict: It is no run of a draft; or the node does not wait.
            UserError: The value is too large.
        """
        row, found = await self._test(actor, execution_id)
        await self._starting.require_own(actor, tagged(row), await self._workflow(row))
        prefix, node = split_path(path)
        records = found.memory.frames.get(prefix, {}).get(node, ())
        look = Look(self._engine.store, self._blobs, row)
        facts: dict[str, Any] = {"path": path, "by": actor.id}
        if params is not None:
            if not any(one.path == path for one in all_held(found.memory)):
                raise Conflict("execution.not_stopped", "Nothing waits at a breakpoint there.")
            facts["params"] = unmasked(params, await look.input(path))
        elif records and records[-1][0] == r.DONE:
            facts["output"] = unmasked(output, await look.output(path))
        else:
            raise NotFound("execution.no_output", "{path} has no output in execution {id}.", path=path, id=row.id)
        what = "output" if params is None else "params"
        if len(orjson.dumps(facts[what])) > MOST_EDITED:
            raise UserError("execution.edit_large", "An edited value has {most} KB at most.", most=MOST_EDITED // 1024)
        return await self._post(actor, row, "edit", facts, kind="edited", after={"path": path, "what": what})

    async def _test(self, actor: Actor, execution_id: str) -> tuple[ExecutionRow, Recovered]:
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_CONTROL)
        found = await self._recovered(row)
        if not found.start.get("test"):
            raise Conflict("execution.not_a_test", "Only runs of a draft can be stopped and looked into.")
        return row, found

    async def _recovered(self, row: ExecutionRow) -> Recovered:
        return recover(await self._engine.store.read(row.id, from_snapshot=True))

    async def _workflow(self, row: ExecutionRow) -> Workflow:
        document = await self._engine.store.version(row.workspace, row.workflow_hash)
        if document is None:
            raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.",
                           hash=row.workflow_hash)  # fmt: skip
        return Workflow.model_validate_json(document)

    async def _post(
        self, actor: Actor, row: ExecutionRow, message: str, facts: Mapping[str, Any], *, after: Mapping[str, Any],
        kind: str = "breakpoints", message_id: str | None = None,
    ) -> ExecutionRow:  # fmt: skip
        await self._records.commit(
            [], [entry(actor, f"execution.{kind}", kind="execution", id=row.id, name=row.workflow_name, after=after)]
        )
        answer = await self._engine.post(row.id, message, facts, message_id=message_id, workspace=actor.workspace)
        if answer.outcome == "late":
            raise Conflict(
                "execution.ended", "The execution {id} has ended ({status}) and takes no messages any more.",
                id=row.id, status=str(answer.status or row.status),
            )  # fmt: skip
        return row


def _go_id(held: Held) -> str:
    """Names the message that lets a node run: whoever says it twice says it once."""
    return "go:" + blake2b(f"{held.path}\0{held.at}".encode(), digest_size=16).hexdigest()
