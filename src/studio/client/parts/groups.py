"""The API of groups. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class GroupsPart(Part):
    """Operations on groups."""

    async def list_groups(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutGroupOut:
        """The groups of the workspace. Who is in one: `GET /members?group=…`."""
        return cast("m.PageOutGroupOut", await self.ask("GET", "/groups", query={"cursor": cursor, "limit": limit}))

    def iter_groups(self, *, limit: int | None = None) -> AsyncGenerator[m.GroupOut]:
        """Every item of ``list_groups``, page by page as they are needed."""
        return cast("AsyncGenerator[m.GroupOut]", self.paged("/groups", {"limit": limit}))

    async def create_group(self, body: m.GroupIn, *, idempotency_key: str | None = None) -> m.GroupOut:
        """Make a group. It can give nothing that the caller may not."""
        return cast(
            "m.GroupOut", await self.ask("POST", "/groups", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def show_group(self, group: str) -> m.GroupOut:
        """One group."""
        return cast("m.GroupOut", await self.ask("GET", f"/groups/{self.quote(group)}"))

    async def change_group(self, group: str, body: m.GroupChange, *, if_match: str | None = None) -> m.GroupOut:
        """Change a group, for everybody in it from their next request on."""
        return cast(
            "m.GroupOut",
            await self.ask("PATCH", f"/groups/{self.quote(group)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_group(self, group: str, *, if_match: str | None = None) -> None:
        """Delete a group. Its members stay in the workspace and lose what it gave."""
        await self.ask("DELETE", f"/groups/{self.quote(group)}", headers={"If-Match": if_match})

    async def change_group_members(self, group: str, body: m.GroupMembersIn) -> m.ChangedOut:
        """Add members to a group and take others out: all of them, or none where one is refused."""
        return cast("m.ChangedOut", await self.ask("POST", f"/groups/{self.quote(group)}/members", json=body))
