"""The API of comments. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, cast

from studio.client import models as m
from studio.client.transport import Part


class CommentsPart(Part):
    """Operations on comments."""

    async def list_threads(
        self,
        *,
        workflow: str,
        version: int | None = None,
        node: str | None = None,
        state: Literal["open", "resolved", "all"] | None = None,
        unread: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> m.PageOutThreadOut:
        """Threads of a workflow, the one in which something happened last first."""
        return cast(
            "m.PageOutThreadOut",
            await self.ask(
                "GET",
                "/comments",
                query={
                    "workflow": workflow,
                    "version": version,
                    "node": node,
                    "state": state,
                    "unread": unread,
                    "cursor": cursor,
                    "limit": limit,
                },
            ),
        )

    def iter_threads(
        self,
        *,
        workflow: str,
        version: int | None = None,
        node: str | None = None,
        state: Literal["open", "resolved", "all"] | None = None,
        unread: bool | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[m.ThreadOut]:
        """Every item of ``list_threads``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.ThreadOut]",
            self.paged(
                "/comments",
                {
                    "workflow": workflow,
                    "version": version,
                    "node": node,
                    "state": state,
                    "unread": unread,
                    "limit": limit,
                },
            ),
        )

    async def begin_thread(self, body: m.ThreadIn, *, idempotency_key: str | None = None) -> m.ThreadOut:
        """Begin a thread about a workflow, a version of it, or a node."""
        return cast(
            "m.ThreadOut", await self.ask("POST", "/comments", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def count_threads(self, *, workflow: str) -> m.CountsOut:
        """How many threads a workflow has, open ones by node, and in how many there is something unread."""
        return cast("m.CountsOut", await self.ask("GET", "/comments/counts", query={"workflow": workflow}))

    async def mark_read(self, body: m.ReadIn) -> None:
        """Have threads count as read by the caller as they are now."""
        await self.ask("POST", "/comments/read", json=body)

    async def show_thread(self, thread: str) -> m.ThreadOut:
        """A thread with its comments."""
        return cast("m.ThreadOut", await self.ask("GET", f"/comments/{self.quote(thread)}"))

    async def reopen_thread(self, thread: str) -> m.ThreadOut:
        """Open a settled thread again."""
        return cast("m.ThreadOut", await self.ask("POST", f"/comments/{self.quote(thread)}/reopen"))

    async def reply_to_thread(self, thread: str, body: m.TextIn, *, idempotency_key: str | None = None) -> m.ThreadOut:
        """Say something in a thread."""
        return cast(
            "m.ThreadOut",
            await self.ask(
                "POST",
                f"/comments/{self.quote(thread)}/replies",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def change_comment(
        self, thread: str, number: int, body: m.TextIn, *, if_match: str | None = None
    ) -> m.ThreadOut:
        """Change one's own comment. `If-Match` takes the comment's `revision`."""
        return cast(
            "m.ThreadOut",
            await self.ask(
                "PATCH",
                f"/comments/{self.quote(thread)}/replies/{self.quote(number)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def delete_comment(self, thread: str, number: int) -> m.ThreadOut:
        """Delete one's own comment; an Admin can delete any. The others stay in their places."""
        return cast(
            "m.ThreadOut", await self.ask("DELETE", f"/comments/{self.quote(thread)}/replies/{self.quote(number)}")
        )

    async def resolve_thread(self, thread: str) -> m.ThreadOut:
        """Settle a thread."""
        return cast("m.ThreadOut", await self.ask("POST", f"/comments/{self.quote(thread)}/resolve"))
