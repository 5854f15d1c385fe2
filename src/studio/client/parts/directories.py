"""The API of directories. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class DirectoriesPart(Part):
    """Operations on directories."""

    async def list_directories(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutDirectoryOut:
        """The directories that may write here by SCIM, the oldest first."""
        return cast(
            "m.PageOutDirectoryOut",
            await self.ask("GET", "/operator/directories", query={"cursor": cursor, "limit": limit}),
        )

    def iter_directories(self, *, limit: int | None = None) -> AsyncGenerator[m.DirectoryOut]:
        """Every item of ``list_directories``, page by page as they are needed."""
        return cast("AsyncGenerator[m.DirectoryOut]", self.paged("/operator/directories", {"limit": limit}))

    async def create_directory(self, body: m.DirectoryIn, *, idempotency_key: str | None = None) -> m.NewDirectoryOut:
        """Let a directory write here by SCIM. The answer has its token, this once."""
        return cast(
            "m.NewDirectoryOut",
            await self.ask("POST", "/operator/directories", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def revoke_directory(self, directory: str) -> None:
        """Revoke a directory's token, at once."""
        await self.ask("DELETE", f"/operator/directories/{self.quote(directory)}")
