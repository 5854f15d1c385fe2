"""The API of nodes. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

from studio.client import models as m
from studio.client.transport import Part


class NodesPart(Part):
    """Operations on nodes."""

    async def list_nodes(
        self, *, q: str | None = None, pack: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutNodeOut:
        """Node types, by name or those that fit some words, best first."""
        return cast(
            "m.PageOutNodeOut",
            await self.ask("GET", "/nodes", query={"q": q, "pack": pack, "cursor": cursor, "limit": limit}),
        )

    def iter_nodes(
        self, *, q: str | None = None, pack: str | None = None, limit: int | None = None
    ) -> AsyncGenerator[m.NodeOut]:
        """Every item of ``list_nodes``, page by page as they are needed."""
        return cast("AsyncGenerator[m.NodeOut]", self.paged("/nodes", {"q": q, "pack": pack, "limit": limit}))

    async def list_shapes(self) -> m.ShapesOut:
        """What every node type takes and gives, in short: enough to tell which nodes fit a wire."""
        return cast("m.ShapesOut", await self.ask("GET", "/nodes/shapes"))

    async def show_node(self, type: str) -> m.NodeDetail:
        """A node type: its params and its output as JSON Schemas, its ports and examples."""
        return cast("m.NodeDetail", await self.ask("GET", f"/nodes/{self.quote(type)}"))

    async def show_node_form(self, type: str, body: m.NodeFormIn) -> m.NodeFormOut:
        """The form of a node type with what is filled in, where params or output depend on it (the columns of
        a sheet).
        """
        return cast("m.NodeFormOut", await self.ask("POST", f"/nodes/{self.quote(type)}/form", json=body))

    async def list_node_options(self, type: str, body: m.NodeOptionsIn) -> m.NodeOptionsOut:
        """The choices for a param, as the node's service gives them to the chosen credential."""
        return cast("m.NodeOptionsOut", await self.ask("POST", f"/nodes/{self.quote(type)}/options", json=body))
