"""The catalogue of node types."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._models import PageOut
from studio.server._routes import Routes
from studio.server.resources.nodes.schemas import NodeOut

routes = Routes("/nodes", "nodes")


@routes.ask("GET", "", Permission.NODE_VIEW)
async def list_nodes(
    actor: Asking,
    services: Services,
    q: Annotated[str | None, Query(max_length=200, description="Words to look for.")] = None,
    pack: Annotated[str | None, Query(max_length=100)] = None,
) -> PageOut[NodeOut]:
    """Node types, by name or those that fit some words, best first."""
    nodes = services.nodes
    found = nodes.list(q or None, pack)
    return PageOut(
        items=[
            NodeOut(
                type=one.type, version=one.version, title=nodes.title(one, actor.lang),
                description=nodes.description(one, actor.lang), category=one.category, pack=one.pack,
                effect=str(one.effect), icon=one.icon,
            )
            for one in found
        ],
        next=None,
    )  # fmt: skip
