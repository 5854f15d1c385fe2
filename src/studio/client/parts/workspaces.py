"""The API of workspaces. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class WorkspacesPart(Part):
    """Operations on workspaces."""

    async def list_workspaces(
        self, *, all: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutWorkspaceOut:
        """The workspaces that the caller belongs to."""
        return cast(
            "m.PageOutWorkspaceOut",
            await self.ask("GET", "/workspaces", query={"all": all, "cursor": cursor, "limit": limit}),
        )

    def iter_workspaces(self, *, all: bool | None = None, limit: int | None = None) -> AsyncGenerator[m.WorkspaceOut]:
        """Every item of ``list_workspaces``, page by page as they are needed."""
        return cast("AsyncGenerator[m.WorkspaceOut]", self.paged("/workspaces", {"all": all, "limit": limit}))

    async def create_workspace(self, body: m.WorkspaceIn, *, idempotency_key: str | None = None) -> m.WorkspaceOut:
        """Make a workspace, with the caller as its first Admin. Operators may, and others where that is set
        up.
        """
        return cast(
            "m.WorkspaceOut",
            await self.ask("POST", "/workspaces", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def show_workspace(self, workspace: str) -> m.WorkspaceOut:
        """One workspace."""
        return cast("m.WorkspaceOut", await self.ask("GET", f"/workspaces/{self.quote(workspace)}"))

    async def change_workspace(
        self, workspace: str, body: m.WorkspaceChange, *, if_match: str | None = None
    ) -> m.WorkspaceOut:
        """Rename a workspace, ask a second factor of its members, archive it. For its Admins and for
        operators.
        """
        return cast(
            "m.WorkspaceOut",
            await self.ask("PATCH", f"/workspaces/{self.quote(workspace)}", headers={"If-Match": if_match}, json=body),
        )

    async def appoint_admin(self, workspace: str, body: m.AdminIn) -> None:
        """Make somebody an Admin of a workspace, so that one which has lost its Admins gets another."""
        await self.ask("POST", f"/workspaces/{self.quote(workspace)}/admins", json=body)
