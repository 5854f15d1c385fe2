"""Acting on executions: each act is stored durably, and audited, before the call returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Records
from studio.contracts.stored import ExecutionRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, UserError
from studio.engine import Engine, read_history
from studio.services.again import read_earlier
from studio.services.answers import Answers
from studio.services.auditing import entry
from studio.services.control import DECISIONS
from studio.services.executing.finding import ExecutionFinder
from studio.services.workflows.starting import Starting


class Acting:
    """Cancels, pauses, signals, approvals and decisions for somebody."""

    def __init__(
        self, engine: Engine, blobs: BlobStore, records: Records, finder: ExecutionFinder, starting: Starting
    ) -> None:
        self._starting = starting
        self._engine = engine
        self._blobs = blobs
        self._records = records
        self._finder = finder
        self._answers = Answers(engine.store)

    async def cancel(self, actor: Actor, execution_id: str, reason: str) -> ExecutionRow:
        """Ask an execution to stop.

        Raises:
            Conflict: It has ended.
        """
        return await self._post(actor, execution_id, "cancel", {"reason": reason}, after={"reason": reason})

    async def pause(self, actor: Actor, execution_id: str) -> ExecutionRow:
        """Let an execution stand still after what runs now."""
        return await self._post(actor, execution_id, "pause", {})

    async def resume(self, actor: Actor, execution_id: str) -> ExecutionRow:
        """Let a paused execution go on; one that a restore holds is released.

        Raises:
            AccessRefused: Its credentials may not be used any more, as for a new start of what it runs.
        """
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_CONTROL)
        await self._require_credentials(actor, row)
        if row.held:
            await self._engine.store.recover([row.id])
            await self._records.commit([], [entry(actor, "execution.released", kind="execution", id=row.id)])
            return row
        return await self._post(actor, execution_id, "resume", {})

    async def signal(
        self, actor: Actor, execution_id: str, name: str, payload: Any, message_id: str | None
    ) -> ExecutionRow:
        """Send a signal. The same message id counts once."""
        facts = {"name": name, "payload": payload}
        return await self._post(actor, execution_id, "signal", facts, message_id=message_id, after={"name": name})

    async def approve(
        self, actor: Actor, execution_id: str, path: str, decision: str, comment: str | None, data: Any
    ) -> ExecutionRow:
        """Answer the approval at a node path, in the actor's name.

        Raises:
            NotFound: There is no approval there.
            Conflict: It has been decided already, or is over.
            UserError: The decision is none of its choices.
        """
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_DECIDE)
        history = await read_history(self._engine.store, self._blobs, row.id, actor.workspace)
        await self._answers.expect_approval(history, path, decision)
        facts = {"path": path, "decision": decision, "by": actor.name, "comment": comment, "data": data}
        return await self._post(
            actor, execution_id, "approval", facts, permission=Permission.EXECUTION_DECIDE,
            after={"path": path, "decision": decision, "comment": comment},
        )  # fmt: skip

    async def decide(self, actor: Actor, execution_id: str, path: str, decision: str, output: Any) -> ExecutionRow:
        """Settle an effect in doubt: it ``happened``, ``run`` it again, or let it ``fail``.

        Raises:
            UserError: The decision is none of these.
            NotFound: There is no such node.
            Conflict: Its effect is not in doubt.
            AccessRefused: It is to run again, and its credentials may not be used any more.
        """
        if decision not in DECISIONS:
            raise UserError(
                "cli.decision", "The decision {decision} is not one of {known}.",
                decision=decision, known=", ".join(DECISIONS),
            ).at(param="decision")  # fmt: skip
        row = await self._finder.find(actor, execution_id, Permission.EXECUTION_DECIDE)
        await self._answers.expect_doubt(
            await read_history(self._engine.store, self._blobs, row.id, actor.workspace), path
        )
        if decision == "run":
            await self._require_credentials(actor, row)
        return await self._post(
            actor, execution_id, "decide", {"path": path, "decision": decision, "output": output},
            permission=Permission.EXECUTION_DECIDE, after={"path": path, "decision": decision},
        )  # fmt: skip

    async def _require_credentials(self, actor: Actor, row: ExecutionRow) -> None:
        """Ask the vault again before something that has stood still does its effects.

        Raises:
            AccessRefused: A start of the same would be refused.
        """
        earlier = await read_earlier(self._engine.store, self._blobs, row)
        await self._starting.require_again(
            actor, earlier.workflow, earlier.calls, earlier.identities, even_archived=True
        )

    async def _post(
        self,
        actor: Actor,
        execution_id: str,
        kind: str,
        facts: Mapping[str, Any],
        *,
        permission: Permission = Permission.EXECUTION_CONTROL,
        message_id: str | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> ExecutionRow:
        row = await self._finder.find(actor, execution_id, permission)
        # The log first: what it tells of was asked for, even where the process dies before the execution hears of it.
        await self._records.commit(
            [], [entry(actor, f"execution.{kind}", kind="execution", id=row.id, name=row.workflow_name, after=after)]
        )
        answer = await self._engine.post(row.id, kind, facts, message_id=message_id, workspace=actor.workspace)
        if answer.outcome == "late":
            raise Conflict(
                "execution.ended", "The execution {id} has ended ({status}) and takes no messages any more.",
                id=row.id, status=str(answer.status or row.status),
            )  # fmt: skip
        return row
