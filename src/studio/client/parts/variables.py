"""The API of variables. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class VariablesPart(Part):
    """Operations on variables."""

    async def list_variables(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutVariableOut:
        """Every variable of the workspace."""
        return cast(
            "m.PageOutVariableOut", await self.ask("GET", "/variables", query={"cursor": cursor, "limit": limit})
        )

    def iter_variables(self, *, limit: int | None = None) -> AsyncGenerator[m.VariableOut]:
        """Every item of ``list_variables``, page by page as they are needed."""
        return cast("AsyncGenerator[m.VariableOut]", self.paged("/variables", {"limit": limit}))

    async def show_variable(self, name: str) -> m.VariableOut:
        """A variable."""
        return cast("m.VariableOut", await self.ask("GET", f"/variables/{self.quote(name)}"))

    async def set_variable(self, name: str, body: m.VariableIn, *, if_match: str | None = None) -> m.VariableOut:
        """Make a variable, or change one. Executions that start from now on see it."""
        return cast(
            "m.VariableOut",
            await self.ask("PUT", f"/variables/{self.quote(name)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_variable(self, name: str, *, if_match: str | None = None) -> None:
        """Delete a variable. What runs keeps what it saw."""
        await self.ask("DELETE", f"/variables/{self.quote(name)}", headers={"If-Match": if_match})
