"""The API of executions. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class ExecutionsPart(Part):
    """Operations on executions."""

    async def list_executions(
        self,
        *,
        status: list[m.ExecutionStatus] | None = None,
        workflow: str | None = None,
        name: str | None = None,
        tag: str | None = None,
        error: str | None = None,
        parent: str | None = None,
        root: str | None = None,
        since: str | None = None,
        until: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> m.PageOutExecutionOut:
        """Executions that the caller may see, newest first."""
        return cast(
            "m.PageOutExecutionOut",
            await self.ask(
                "GET",
                "/executions",
                query={
                    "status": status,
                    "workflow": workflow,
                    "name": name,
                    "tag": tag,
                    "error": error,
                    "parent": parent,
                    "root": root,
                    "since": since,
                    "until": until,
                    "cursor": cursor,
                    "limit": limit,
                },
            ),
        )

    async def start_execution(self, body: m.StartIn, *, idempotency_key: str | None = None) -> m.ExecutionOut:
        """Start an execution. It is stored durably when this answers.

        The same `Idempotency-Key` with the same body gives the same execution for a day; with another body it is
        refused.
        """
        return cast(
            "m.ExecutionOut",
            await self.ask("POST", "/executions", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def show_execution(self, execution: str) -> m.ExecutionDetail:
        """An execution and where it stands."""
        return cast("m.ExecutionDetail", await self.ask("GET", f"/executions/{self.quote(execution)}"))

    async def approve_execution(self, execution: str, body: m.ApprovalIn) -> m.ExecutionOut:
        """Answer an approval."""
        return cast(
            "m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/approvals", json=body)
        )

    async def cancel_execution(self, execution: str, body: m.CancelIn) -> m.ExecutionOut:
        """Ask an execution to stop. Once accepted it will, also across a crash."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/cancel", json=body))

    async def decide_execution(self, execution: str, body: m.DecisionIn) -> m.ExecutionOut:
        """Settle an effect in doubt."""
        return cast(
            "m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/decisions", json=body)
        )

    async def list_node_runs(
        self, execution: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutNodeRunOut:
        """Node runs in the order of their paths. They follow what is committed by a moment."""
        return cast(
            "m.PageOutNodeRunOut",
            await self.ask(
                "GET", f"/executions/{self.quote(execution)}/nodes", query={"cursor": cursor, "limit": limit}
            ),
        )

    async def pause_execution(self, execution: str) -> m.ExecutionOut:
        """Let an execution stand still after what runs now."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/pause"))

    async def resume_execution(self, execution: str) -> m.ExecutionOut:
        """Let a paused execution go on; one that a restore holds is released."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/resume"))

    async def signal_execution(self, execution: str, body: m.SignalIn) -> m.ExecutionOut:
        """Send a signal; it is kept where the execution does not wait for it yet."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/signals", json=body))

    async def show_value(
        self,
        execution: str,
        *,
        path: str | None = None,
        at: list[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> m.ValueOut:
        """A part of a value. Large values are looked through piece by piece."""
        return cast(
            "m.ValueOut",
            await self.ask(
                "GET",
                f"/executions/{self.quote(execution)}/values",
                query={"path": path, "at": at, "offset": offset, "limit": limit},
            ),
        )
