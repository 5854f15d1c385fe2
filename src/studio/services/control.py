"""Act on executions from any process: messages into their inbox, which whoever drives them takes."""

from __future__ import annotations

from typing import Any

from studio.contracts.stored import PostResult
from studio.domain.errors import Conflict, StudioError, UserError
from studio.engine import Engine
from studio.services.answers import Answers
from studio.services.executions import Executions

DECISIONS = ("happened", "run", "fail")


def unknown_decision(decision: str) -> StudioError:
    """The error for a decision that there is not."""
    return UserError(
        "cli.decision", "The decision {decision} is not one of {known}.",
        decision=decision, known=", ".join(DECISIONS),
    ).at(param="decision")  # fmt: skip


class Control:
    """Cancels, signals, approvals and decisions. Each is stored durably before the call returns."""

    def __init__(self, engine: Engine, executions: Executions) -> None:
        self._engine = engine
        self._executions = executions
        self._answers = Answers(engine.store)

    async def cancel(self, name: str, reason: str) -> str:
        """Ask an execution to stop; its id."""
        return await self._post(name, "cancel", {"reason": reason})

    async def pause(self, name: str) -> str:
        """Let an execution stand still after what runs now; its id."""
        return await self._post(name, "pause", {})

    async def resume(self, name: str) -> str:
        """Let a paused execution go on; its id."""
        return await self._post(name, "resume", {})

    async def signal(self, name: str, signal: str, payload: Any, message_id: str | None = None) -> str:
        """Send a signal; kept where the execution does not wait for it yet. The same message id counts once."""
        return await self._post(name, "signal", {"name": signal, "payload": payload}, message_id)

    async def approve(
        self, name: str, path: str, decision: str, *, by: str | None, comment: str | None, data: Any = None
    ) -> str:
        """Answer the approval at a node path with one of its choices.

        Raises:
            NotFound: There is no approval there.
            Conflict: It has been decided already, or is over.
            UserError: The decision is none of its choices.
        """
        await self._answers.expect_approval(await self._executions.history(name), path, decision)
        return await self._post(
            name, "approval", {"path": path, "decision": decision, "by": by, "comment": comment, "data": data}
        )

    async def decide(self, name: str, path: str, decision: str, output: Any = None) -> str:
        """Settle an effect in doubt: it ``happened`` (with this output), ``run`` it again, or let it ``fail``.

        Raises:
            UserError: The decision is none of these.
            NotFound: There is no such node.
            Conflict: Its effect is not in doubt.
        """
        if decision not in DECISIONS:
            raise unknown_decision(decision)
        await self._answers.expect_doubt(await self._executions.history(name), path)
        return await self._post(name, "decide", {"path": path, "decision": decision, "output": output})

    async def _post(self, name: str, kind: str, payload: dict[str, Any], message_id: str | None = None) -> str:
        row = await self._executions.find(name)
        answer: PostResult = await self._engine.post(row.id, kind, payload, message_id=message_id)
        if answer.outcome == "late":
            raise Conflict(
                "execution.ended", "The execution {id} has ended ({status}) and takes no messages any more.",
                id=row.id, status=str(answer.status or row.status),
            )  # fmt: skip
        return row.id
