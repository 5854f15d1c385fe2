"""The API of audit. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, cast

from studio.client import models as m
from studio.client.transport import Part


class AuditPart(Part):
    """Operations on audit."""

    async def list_audit(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> m.PageOutEntryOut:
        """Entries, newest first. A page of a narrow filter may be short, or empty, and have a `next`."""
        return cast(
            "m.PageOutEntryOut",
            await self.ask(
                "GET",
                "/audit",
                query={
                    "cursor": cursor,
                    "limit": limit,
                    "action": action,
                    "actor": actor,
                    "key": key,
                    "target_kind": target_kind,
                    "target": target,
                    "outcome": outcome,
                    "since": since,
                    "until": until,
                },
            ),
        )

    def iter_audit(
        self,
        *,
        limit: int | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> AsyncGenerator[m.EntryOut]:
        """Every item of ``list_audit``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.EntryOut]",
            self.paged(
                "/audit",
                {
                    "limit": limit,
                    "action": action,
                    "actor": actor,
                    "key": key,
                    "target_kind": target_kind,
                    "target": target,
                    "outcome": outcome,
                    "since": since,
                    "until": until,
                },
            ),
        )

    async def export_audit(
        self,
        *,
        format: Literal["ndjson", "csv"] | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> bytes:
        """Every entry there is now, oldest first, as lines of JSON or CSV. The log tells of the export."""
        return await self.ask_bytes(
            "GET",
            "/audit/export",
            query={
                "format": format,
                "action": action,
                "actor": actor,
                "key": key,
                "target_kind": target_kind,
                "target": target,
                "outcome": outcome,
                "since": since,
                "until": until,
            },
        )

    async def show_audit_stream(self) -> m.StreamOut:
        """Where the entries go, and how far they are."""
        return cast("m.StreamOut", await self.ask("GET", "/audit/stream"))

    async def set_audit_stream(self, body: m.StreamIn, *, if_match: str | None = None) -> m.StreamOut:
        """Send every entry from now on to a webhook or a syslog server, at least once and in order."""
        return cast("m.StreamOut", await self.ask("PUT", "/audit/stream", headers={"If-Match": if_match}, json=body))

    async def remove_audit_stream(self) -> None:
        """Send no more."""
        await self.ask("DELETE", "/audit/stream")

    async def verify_audit(self) -> m.VerifiedOut:
        """Check that the log is what was written: nothing missing, changed, moved or cut off."""
        return cast("m.VerifiedOut", await self.ask("GET", "/audit/verify"))

    async def list_instance_audit(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> m.PageOutEntryOut:
        """Entries about the instance: sign-ins, accounts, workspaces, settings."""
        return cast(
            "m.PageOutEntryOut",
            await self.ask(
                "GET",
                "/operator/audit",
                query={
                    "cursor": cursor,
                    "limit": limit,
                    "action": action,
                    "actor": actor,
                    "key": key,
                    "target_kind": target_kind,
                    "target": target,
                    "outcome": outcome,
                    "since": since,
                    "until": until,
                },
            ),
        )

    def iter_instance_audit(
        self,
        *,
        limit: int | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> AsyncGenerator[m.EntryOut]:
        """Every item of ``list_instance_audit``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.EntryOut]",
            self.paged(
                "/operator/audit",
                {
                    "limit": limit,
                    "action": action,
                    "actor": actor,
                    "key": key,
                    "target_kind": target_kind,
                    "target": target,
                    "outcome": outcome,
                    "since": since,
                    "until": until,
                },
            ),
        )

    async def export_instance_audit(
        self,
        *,
        format: Literal["ndjson", "csv"] | None = None,
        action: str | None = None,
        actor: str | None = None,
        key: str | None = None,
        target_kind: str | None = None,
        target: str | None = None,
        outcome: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> bytes:
        """Every entry about the instance."""
        return await self.ask_bytes(
            "GET",
            "/operator/audit/export",
            query={
                "format": format,
                "action": action,
                "actor": actor,
                "key": key,
                "target_kind": target_kind,
                "target": target,
                "outcome": outcome,
                "since": since,
                "until": until,
            },
        )

    async def show_instance_audit_stream(self) -> m.StreamOut:
        """Where the entries about the instance go."""
        return cast("m.StreamOut", await self.ask("GET", "/operator/audit/stream"))

    async def set_instance_audit_stream(self, body: m.StreamIn, *, if_match: str | None = None) -> m.StreamOut:
        """Send every entry about the instance from now on to a webhook or a syslog server."""
        return cast(
            "m.StreamOut", await self.ask("PUT", "/operator/audit/stream", headers={"If-Match": if_match}, json=body)
        )

    async def remove_instance_audit_stream(self) -> None:
        """Send no more entries about the instance."""
        await self.ask("DELETE", "/operator/audit/stream")

    async def verify_instance_audit(self) -> m.VerifiedOut:
        """Check the log of the instance."""
        return cast("m.VerifiedOut", await self.ask("GET", "/operator/audit/verify"))
