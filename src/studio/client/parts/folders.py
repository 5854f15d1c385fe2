"""The API of folders. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class FoldersPart(Part):
    """Operations on folders."""

    async def list_folders(self) -> m.FoldersOut:
        """Every folder in which the caller may see workflows, and those on the way there, by name."""
        return cast("m.FoldersOut", await self.ask("GET", "/folders"))

    async def create_folder(self, body: m.FolderIn, *, idempotency_key: str | None = None) -> m.FolderOut:
        """Make a folder."""
        return cast(
            "m.FolderOut", await self.ask("POST", "/folders", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def show_folder(self, folder: str) -> m.FolderOut:
        """One folder."""
        return cast("m.FolderOut", await self.ask("GET", f"/folders/{self.quote(folder)}"))

    async def change_folder(self, folder: str, body: m.FolderChange, *, if_match: str | None = None) -> m.FolderOut:
        """Rename a folder, or move it with all that is in it. Rights granted where it goes hold in it from
        then on.
        """
        return cast(
            "m.FolderOut",
            await self.ask("PATCH", f"/folders/{self.quote(folder)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_folder(self, folder: str, *, if_match: str | None = None) -> None:
        """Delete an empty folder."""
        await self.ask("DELETE", f"/folders/{self.quote(folder)}", headers={"If-Match": if_match})
