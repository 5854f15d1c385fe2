"""The API of roles. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class RolesPart(Part):
    """Operations on roles."""

    async def list_roles(self) -> m.RolesOut:
        """The roles built in, those of the workspace, and the permissions that roles are made of."""
        return cast("m.RolesOut", await self.ask("GET", "/roles"))

    async def create_role(self, body: m.RoleIn, *, idempotency_key: str | None = None) -> m.RoleOut:
        """Make a role. It can allow nothing that the caller may not."""
        return cast(
            "m.RoleOut", await self.ask("POST", "/roles", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def show_role(self, role: str) -> m.RoleOut:
        """One of the workspace's own roles."""
        return cast("m.RoleOut", await self.ask("GET", f"/roles/{self.quote(role)}"))

    async def change_role(self, role: str, body: m.RoleChange, *, if_match: str | None = None) -> m.RoleOut:
        """Change a role, for everybody who has it from their next request on."""
        return cast(
            "m.RoleOut",
            await self.ask("PATCH", f"/roles/{self.quote(role)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_role(self, role: str, *, if_match: str | None = None) -> None:
        """Delete a role that nobody has."""
        await self.ask("DELETE", f"/roles/{self.quote(role)}", headers={"If-Match": if_match})
