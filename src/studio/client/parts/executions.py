"""The API of executions. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Literal, cast

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
        before: str | None = None,
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
                    "before": before,
                    "cursor": cursor,
                    "limit": limit,
                },
            ),
        )

    def iter_executions(
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
        before: str | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[m.ExecutionOut]:
        """Every item of ``list_executions``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.ExecutionOut]",
            self.paged(
                "/executions",
                {
                    "status": status,
                    "workflow": workflow,
                    "name": name,
                    "tag": tag,
                    "error": error,
                    "parent": parent,
                    "root": root,
                    "since": since,
                    "until": until,
                    "before": before,
                    "limit": limit,
                },
            ),
        )

    async def start_execution(self, body: m.StartIn, *, idempotency_key: str | None = None) -> m.ExecutionOut:
        """Start an execution. It is stored durably when this answers.

        The same `Idempotency-Key` with the same body gives the same execution for a day; with another body
        it is refused.
        """
        return cast(
            "m.ExecutionOut",
            await self.ask("POST", "/executions", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def act_on_many(self, body: m.StudioServerResourcesExecutionsSchemasBulkIn) -> m.BulkOut:
        """Do the same to many executions, and tell what came of each.

        Give `ids`, or a `filter` for the newest that fit. With `dry` they are only counted. Deleting needs
        the permission
        to delete.
        """
        return cast("m.BulkOut", await self.ask("POST", "/executions/bulk", json=body))

    async def list_recent_executions(self, *, workflow: list[str], count: int | None = None) -> m.RecentOut:
        """The last executions of several workflows, newest first: what a list of workflows shows beside each."""
        return cast(
            "m.RecentOut", await self.ask("GET", "/executions/recent", query={"workflow": workflow, "count": count})
        )

    async def show_execution(self, execution: str) -> m.ExecutionDetail:
        """An execution and where it stands."""
        return cast("m.ExecutionDetail", await self.ask("GET", f"/executions/{self.quote(execution)}"))

    async def delete_execution(self, execution: str) -> None:
        """Delete an execution that has ended, with what it called and everything recorded of it. Audited."""
        await self.ask("DELETE", f"/executions/{self.quote(execution)}")

    async def approve_execution(self, execution: str, body: m.ApprovalIn) -> m.ExecutionOut:
        """Answer an approval."""
        return cast(
            "m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/approvals", json=body)
        )

    async def show_attempts(self, execution: str, *, path: str, reveal: bool | None = None) -> m.AttemptsOut:
        """How a node run failed: its attempts, and the error that it ended with."""
        return cast(
            "m.AttemptsOut",
            await self.ask(
                "GET", f"/executions/{self.quote(execution)}/attempts", query={"path": path, "reveal": reveal}
            ),
        )

    async def show_breakpoints(self, execution: str) -> m.BreakpointsOut:
        """Where an execution stops, and which node runs wait there."""
        return cast("m.BreakpointsOut", await self.ask("GET", f"/executions/{self.quote(execution)}/breakpoints"))

    async def set_breakpoints(self, execution: str, body: m.BreakpointsIn) -> m.ExecutionOut:
        """Stop before these nodes from now on, and before no others. What waits goes on waiting."""
        return cast(
            "m.ExecutionOut", await self.ask("PUT", f"/executions/{self.quote(execution)}/breakpoints", json=body)
        )

    async def cancel_execution(self, execution: str, body: m.CancelIn) -> m.ExecutionOut:
        """Ask an execution to stop. Once accepted it will, also across a crash."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/cancel", json=body))

    async def continue_execution(self, execution: str, body: m.GoIn) -> m.ExecutionOut:
        """Let what waits at a breakpoint run. Saying it twice is saying it once."""
        return cast(
            "m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/continue", json=body)
        )

    async def decide_execution(self, execution: str, body: m.DecisionIn) -> m.ExecutionOut:
        """Settle an effect in doubt."""
        return cast(
            "m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/decisions", json=body)
        )

    async def show_document(self, execution: str) -> dict[str, Any]:
        """The workflow as this execution runs it. To see it needs the right to see the workflow, too."""
        return cast("dict[str, Any]", await self.ask("GET", f"/executions/{self.quote(execution)}/document"))

    async def edit_execution(self, execution: str, body: m.EditIn) -> m.ExecutionOut:
        """Change data of this execution. It is recorded, with who did it.

        It takes the right to edit the workflow and to use what it uses. What has run already keeps what it
        made of the
        old data.
        """
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/edits", json=body))

    async def export_execution(self, execution: str, *, reveal: bool | None = None) -> dict[str, Any]:
        """Everything known about an execution: facts, what was accepted, events, outputs, errors. Audited."""
        return cast(
            "dict[str, Any]",
            await self.ask("GET", f"/executions/{self.quote(execution)}/export", query={"reveal": reveal}),
        )

    async def download_file(
        self, execution: str, *, path: str, at: list[str] | None = None, reveal: bool | None = None
    ) -> bytes:
        """A file among the values, as a download; a table as an Arrow file."""
        return await self.ask_bytes(
            "GET", f"/executions/{self.quote(execution)}/files", query={"path": path, "at": at, "reveal": reveal}
        )

    async def fork_execution(
        self, execution: str, body: m.ForkIn, *, idempotency_key: str | None = None
    ) -> m.ExecutionOut:
        """A new execution that copies the history up to a node, and goes on from there by itself."""
        return cast(
            "m.ExecutionOut",
            await self.ask(
                "POST",
                f"/executions/{self.quote(execution)}/fork",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
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

    def iter_node_runs(self, execution: str, *, limit: int | None = None) -> AsyncGenerator[m.NodeRunOut]:
        """Every item of ``list_node_runs``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.NodeRunOut]", self.paged(f"/executions/{self.quote(execution)}/nodes", {"limit": limit})
        )

    async def pause_execution(self, execution: str) -> m.ExecutionOut:
        """Let an execution stand still after what runs now."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/pause"))

    async def replay_execution(
        self, execution: str, body: m.ReplayIn, *, idempotency_key: str | None = None
    ) -> m.ExecutionOut:
        """Run an execution again, as a new one: all of it, or from a node on; as it was, or on a newer
        version.
        """
        return cast(
            "m.ExecutionOut",
            await self.ask(
                "POST",
                f"/executions/{self.quote(execution)}/replay",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def resume_execution(self, execution: str) -> m.ExecutionOut:
        """Let a paused execution go on; one that a restore holds is released."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/resume"))

    async def retry_execution(self, execution: str, *, idempotency_key: str | None = None) -> m.ExecutionOut:
        """Run only what failed, items of maps included, as a new execution under the same idempotency keys."""
        return cast(
            "m.ExecutionOut",
            await self.ask(
                "POST", f"/executions/{self.quote(execution)}/retry", headers={"Idempotency-Key": idempotency_key}
            ),
        )

    async def signal_execution(self, execution: str, body: m.SignalIn) -> m.ExecutionOut:
        """Send a signal; it is kept where the execution does not wait for it yet."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/signals", json=body))

    async def step_execution(self, execution: str, body: m.GoIn) -> m.ExecutionOut:
        """Let what waits at a breakpoint run, and stop again before what comes after it."""
        return cast("m.ExecutionOut", await self.ask("POST", f"/executions/{self.quote(execution)}/step", json=body))

    async def show_timeline(
        self, execution: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.TimelineOut:
        """Node runs outside maps with when they began, worked and waited, in the order of their paths."""
        return cast(
            "m.TimelineOut",
            await self.ask(
                "GET", f"/executions/{self.quote(execution)}/timeline", query={"cursor": cursor, "limit": limit}
            ),
        )

    async def show_value(
        self,
        execution: str,
        *,
        path: str | None = None,
        at: list[str] | None = None,
        offset: int | None = None,
        limit: int | None = None,
        part: Literal["output", "input"] | None = None,
        reveal: bool | None = None,
    ) -> m.ValueOut:
        """A part of a value. Large values are looked through piece by piece.

        What is marked secret or personal is masked; to reveal it needs a permission of its own, and is
        audited.
        """
        return cast(
            "m.ValueOut",
            await self.ask(
                "GET",
                f"/executions/{self.quote(execution)}/values",
                query={"path": path, "at": at, "offset": offset, "limit": limit, "part": part, "reveal": reveal},
            ),
        )
