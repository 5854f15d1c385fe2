"""The API of directories. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class DirectoriesPart(Part):
    """Operations on directories."""

    async def list_directories(self) -> m.DirectoriesOut:
        """The directories that may write here by SCIM."""
        return cast("m.DirectoriesOut", await self.ask("GET", "/operator/directories"))

    async def create_directory(self, body: m.DirectoryIn, *, idempotency_key: str | None = None) -> m.NewDirectoryOut:
        """Let a directory write here by SCIM. The answer has its token, this once."""
        return cast(
            "m.NewDirectoryOut",
            await self.ask("POST", "/operator/directories", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def revoke_directory(self, directory: str) -> None:
        """Revoke a directory's token, at once."""
        await self.ask("DELETE", f"/operator/directories/{self.quote(directory)}")
