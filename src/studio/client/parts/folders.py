"""The API of folders. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class FoldersPart(Part):
    """Operations on folders."""

    async def list_folders(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutFolderOut:
        """The folders in which the caller may see workflows, and those on the way there, by name."""
        return cast("m.PageOutFolderOut", await self.ask("GET", "/folders", query={"cursor": cursor, "limit": limit}))

    def iter_folders(self, *, limit: int | None = None) -> AsyncGenerator[m.FolderOut]:
        """Every item of ``list_folders``, page by page as they are needed."""
        return cast("AsyncGenerator[m.FolderOut]", self.paged("/folders", {"limit": limit}))

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
