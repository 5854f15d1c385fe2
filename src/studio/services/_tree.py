"""Walking and changing the nodes of a workflow, at every depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from studio.domain.workflow import Graph, Node, SlotNode
from studio.validation.analysis import bodies, slot_nodes

G = TypeVar("G", bound=Graph)
PARTS = (("body", "body"), ("catch", "catch"), ("finally", "finally_"))
"""Names of the graphs inside a container: as written, and as the model's attribute."""


def nodes_of(graph: Graph, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Every node with its path, such as ``places.body.place``; those inside containers and slots too."""
    for id, node in graph.nodes.items():
        yield from _with_inner(f"{prefix}{id}", node)


def _with_inner(path: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield path, node
    for name, part in bodies(node):
        yield from nodes_of(part, f"{path}.{name}.")
    for (slot, _), sitting in slot_nodes(node):
        yield from _with_inner(f"{path}.slots.{slot}.{sitting.id}", sitting)


def map_nodes(graph: G, change: Callable[[Node], Node]) -> G:
    """A copy of ``graph`` in which every node, at every depth, is what ``change`` made of it."""
    nodes = {id: _map_node(node, change) for id, node in graph.nodes.items()}
    return graph.model_copy(update={"nodes": nodes})


def _map_node(node: Node, change: Callable[[Node], Node]) -> Node:
    inner: dict[str, Any] = {
        attribute: map_nodes(part, change)
        for _, attribute in PARTS
        if isinstance(part := getattr(node, attribute), Graph)
    }
    if node.slots:
        inner["slots"] = {slot: _map_slot(sitting, change) for slot, sitting in node.slots.items()}
    return change(node.model_copy(update=inner) if inner else node)


def _map_slot(sitting: SlotNode | list[SlotNode], change: Callable[[Node], Node]) -> Node | list[Node]:
    if isinstance(sitting, list):
        return [_map_node(one, change) for one in sitting]
    return _map_node(sitting, change)
