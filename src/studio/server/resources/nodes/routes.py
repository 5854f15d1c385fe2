"""The catalogue of node types."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.nodes.schemas import ExampleOut, NodeDetail, NodeOut, ShapeOut, ShapesOut, SlotOut
from studio.services.platform import Platform

routes = Routes("/nodes", "nodes")


@routes.ask("GET", "", Permission.NODE_VIEW)
async def list_nodes(
    actor: Asking,
    services: Services,
    q: Annotated[str | None, Query(max_length=200, description="Words to look for.")] = None,
    pack: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> PageOut[NodeOut]:
    """Node types, by name or those that fit some words, best first."""
    found = services.nodes.list(q or None, pack)
    after = decode_cursor(cursor)
    start = int(after[1]) if after is not None and after[1].isdecimal() and len(after[1]) < 10 else 0
    more = ("", str(start + limit)) if start + limit < len(found) else None
    items = [NodeOut(**_facts(services, one, actor.lang)) for one in found[start : start + limit]]
    return PageOut(items=items, next=encode_cursor(more))


@routes.ask("GET", "/shapes", Permission.NODE_VIEW)
async def list_shapes(actor: Asking, services: Services) -> ShapesOut:
    """What every node type takes and gives, in short: enough to tell which nodes fit a wire."""
    found = await services.nodes.shapes(actor.lang)
    return ShapesOut(items=[ShapeOut.model_validate(one) for one in found])


@routes.ask("GET", "/{type}", Permission.NODE_VIEW)
async def show_node(type: str, actor: Asking, services: Services) -> NodeDetail:
    """A node type: its params and its output as JSON Schemas, its ports and examples."""
    shown = await services.nodes.shown(type)
    facts = shown["facts"]
    return NodeDetail(
        **_facts(services, facts, actor.lang), labels=services.nodes.labels(facts, actor.lang),
        params=shown["params"], output=shown["output"], credentials=list(facts.credentials),
        examples=[ExampleOut(**one) for one in shown["examples"]],
    )  # fmt: skip


def _facts(services: Platform, one: Any, lang: str) -> dict[str, Any]:
    return {
        "type": one.type, "version": one.version, "title": services.nodes.title(one, lang),
        "description": services.nodes.description(one, lang), "category": one.category, "pack": one.pack,
        "effect": str(one.effect), "icon": one.icon, "kind": one.kind, "keywords": list(one.keywords),
        "ports": list(one.ports), "open_ports": one.open_ports, "bodies": list(one.bodies),
        "slots": [SlotOut(name=it.name, kind=it.kind, many=it.many, required=it.required) for it in one.slots],
        "missing": list(one.missing), "install": one.install,
    }  # fmt: skip
