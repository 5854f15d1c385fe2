"""Which nodes of a draft would not give any more what they gave in an execution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from studio.domain.workflow import Graph, Node, Workflow
from studio.validation.analysis import LevelGraph, bodies

_BESIDE = {
    "title", "notes", "retry", "timeout", "pool", "region", "cache", "in_doubt", "body", "catch", "finally_", "slots",
}  # fmt: skip
"""What of a node has no say in what it gives, or is looked at by itself."""


def changed(before: Workflow, now: Workflow) -> set[str]:
    """Nodes of the top level that are new, or say something else than before; those after them are not counted."""
    then = {id: _meaning(before, id, node) for id, node in before.nodes.items()}
    return {id for id, node in now.nodes.items() if then.get(id) != _meaning(now, id, node)}


def after(graph: LevelGraph, ids: Iterable[str]) -> set[str]:
    """These nodes and all that come after them."""
    following: dict[str, set[str]] = {}
    for id in graph.order:
        for source in graph.waits_for(id):
            following.setdefault(source, set()).add(id)
    found: set[str] = set()
    ahead = list(ids)
    while ahead:
        id = ahead.pop()
        if id not in found:
            found.add(id)
            ahead += following.get(id, ())
    return found


def _meaning(graph: Graph, id: str, node: Node) -> Any:
    """What decides what a node gives: itself, what is inside of it, and the edges that lead to it."""
    edges = sorted(f"{edge.source}.{edge.port}>{edge.param}" for edge in graph.edges if edge.target == id)
    slots = {
        name: [_inside(one) for one in (slot if isinstance(slot, list) else [slot])]
        for name, slot in node.slots.items()
    }
    return [_inside(node), edges, slots]


def _inside(node: Node) -> Any:
    plain = node.model_dump(mode="json", exclude=_BESIDE, exclude_defaults=True)
    inner = {
        name: [{id: _meaning(body, id, one) for id, one in body.nodes.items()}, body.output, body.next]
        for name, body in bodies(node)
    }
    return [plain, inner]
