"""The API of nodes. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class NodesPart(Part):
    """Operations on nodes."""

    async def list_nodes(self, *, q: str | None = None, pack: str | None = None) -> m.PageOutNodeOut:
        """Node types, by name or those that fit some words, best first."""
        return cast("m.PageOutNodeOut", await self.ask("GET", "/nodes", query={"q": q, "pack": pack}))
