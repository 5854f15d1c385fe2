"""Versions of node types: an execution keeps those that it was accepted with.

A node that names no version is meant for the one that was installed then. Where a newer one is installed when the
execution is taken up, its params are migrated like those of an old file; where there is only an older one, it waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from studio.domain.errors import NodeError, StudioError, UserError
from studio.domain.phrases import Refusal, reason_of
from studio.domain.workflow import Fallback, Graph, Node, SlotNode, Workflow
from studio.sdk import BaseNode

GraphT = TypeVar("GraphT", bound=Graph)
NodeT = TypeVar("NodeT", Node, SlotNode)
Types = Mapping[str, int]
"""Versions by node type; a type that is not named has version 1."""


def versions_of(graph: Graph, catalogue: Any) -> dict[str, int]:
    """The present versions of all types in a workflow, as far as they are not 1."""
    found = {type: catalogue.load(type).version for type in {node.type for node in nodes_in(graph)}}
    return {type: version for type, version in sorted(found.items()) if version != 1}


def nodes_in(graph: Graph) -> Iterator[Node | SlotNode | Fallback]:
    """Every node of a workflow: of all levels, bodies and slots, and what may run instead."""
    for node in graph.nodes.values():
        yield from _nodes_of(node)


def _nodes_of(node: Node | SlotNode) -> Iterator[Node | SlotNode | Fallback]:
    yield node
    yield from node.fallback
    for body in (node.body, node.catch, node.finally_):
        if body is not None:
            yield from nodes_in(body)
    for slot in node.slots.values():
        for one in slot if isinstance(slot, list) else [slot]:
            yield from _nodes_of(one)


def pinned(workflow: Workflow, then: Types, catalogue: Any) -> Workflow:
    """The workflow with the versions of ``then`` written on nodes that name none, where others are installed."""
    return _in_graph(workflow, then, versions_of(workflow, catalogue))


def _in_graph(graph: GraphT, then: Types, now: Types) -> GraphT:
    nodes = {id: _in_node(node, then, now) for id, node in graph.nodes.items()}
    return graph.model_copy(update={"nodes": nodes})


def _in_node(node: NodeT, then: Types, now: Types) -> NodeT:
    changes: dict[str, Any] = _version(node, then, now)
    if node.fallback:
        changes["fallback"] = [one.model_copy(update=_version(one, then, now)) for one in node.fallback]
    for name in ("body", "catch", "finally_"):
        body: Graph | None = getattr(node, name)
        if body is not None:
            changes[name] = _in_graph(body, then, now)
    if node.slots:
        changes["slots"] = {name: _in_slot(slot, then, now) for name, slot in node.slots.items()}
    return node.model_copy(update=changes)


def _in_slot(slot: SlotNode | list[SlotNode], then: Types, now: Types) -> SlotNode | list[SlotNode]:
    return [_in_node(one, then, now) for one in slot] if isinstance(slot, list) else _in_node(slot, then, now)


def _version(node: Node | SlotNode | Fallback, then: Types, now: Types) -> dict[str, Any]:
    version = then.get(node.type, 1)
    return {"version": version} if node.version is None and version != now.get(node.type, 1) else {}


def moved(workflow: Workflow, then: Types, now: Types) -> dict[str, list[int]]:
    """Types of a workflow that another version stands for than the one it was accepted with: from and to."""
    known = {type: [then.get(type, 1), now.get(type, 1)] for type in sorted({node.type for node in nodes_in(workflow)})}
    return {type: versions for type, versions in known.items() if versions[0] != versions[1]}


def migrated(impl: BaseNode, params: Mapping[str, Any], version: int | None) -> dict[str, Any]:
    """Params as the installed version of a node type wants them.

    Raises:
        NodeError: They were written for a newer version, or cannot be migrated.
    """
    if version is None or version == impl.version:
        return dict(params)
    if version > impl.version:
        raise NodeError(
            "node.version_gone",
            "Version {found} of {type} is asked for, but version {known} is installed.",
            type=impl.type,
            found=version,
            known=impl.version,
        )
    try:
        return impl.migrate(dict(params), version)
    except Exception as error:  # a migration is somebody else's code and may raise anything
        reason = reason_of(error) if isinstance(error, StudioError | Refusal) else f"{type(error).__name__}: {error}"
        raise UserError(
            "node.migration_failed",
            "The params of {type} cannot be brought from version {found} to {known}: {reason}",
            type=impl.type,
            found=version,
            known=impl.version,
            reason=reason,
        ) from error
