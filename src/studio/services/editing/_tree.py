"""The document while it is edited: a tree of mappings, in which edges are found by what they say.

A path leads through mappings only: ``("nodes", "load", "params", "url")``. What stands in a list inside a param is part
of that param's value. Edges, a list in the document, are a mapping here: ``("edges", "load -> save")``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias, cast

import msgspec

from studio.domain.canonical import written_edge
from studio.domain.errors import UserError
from studio.domain.phrases import reason_of
from studio.domain.workflow import Edge

Path: TypeAlias = tuple[str, ...]
Kind: TypeAlias = Literal["document", "graph", "nodes", "node", "slots", "edges", "edge", "canvas", "value"]
BODIES = ("body", "catch", "finally")
MISSING = msgspec.UNSET
"""Stands for what is not there."""

_INSIDE: dict[str, dict[str, Kind]] = {
    "document": {"nodes": "nodes", "edges": "edges", "canvas": "canvas"},
    "graph": {"nodes": "nodes", "edges": "edges"},
    "node": {"body": "graph", "catch": "graph", "finally": "graph", "slots": "slots"},
}
_EACH: dict[str, Kind] = {"nodes": "node", "edges": "edge", "slots": "node"}


class Change(NamedTuple):
    """One value that became another. ``MISSING`` before or after: it was not there, or is not any more.

    ``parents`` counts the empty mappings around it that came and go with it.
    """

    path: Path
    before: Any
    after: Any
    parents: int = 0

    def inverse(self) -> Change:
        """The change back."""
        return Change(self.path, self.after, self.before, self.parents)


def inside(kind: Kind, key: str) -> Kind:
    """What stands under a key of something."""
    return _EACH.get(kind) or _INSIDE.get(kind, {}).get(key, "value")


def kind_at(path: Path) -> Kind:
    """What a path leads to."""
    kind: Kind = "document"
    for key in path:
        kind = inside(kind, key)
    return kind


def editable(kind: Kind, value: Any) -> Any:
    """A part of a document as it is edited."""
    return _converted(kind, value, _by_key)


def plain(kind: Kind, value: Any) -> Any:
    """Inverse of ``editable``."""
    return _converted(kind, value, _listed)


def _by_key(edges: Any) -> Any:
    return {edge_key(one): one for one in cast("list[Any]", edges)} if isinstance(edges, list) else edges


def _listed(edges: Any) -> Any:
    return list(cast("dict[str, Any]", edges).values()) if isinstance(edges, dict) else edges


def _converted(kind: Kind, value: Any, edges: Callable[[Any], Any]) -> Any:
    if kind == "edges":
        return edges(value)
    if not isinstance(value, dict) or kind in ("value", "edge", "canvas"):
        return cast("Any", value)
    members = cast("dict[str, Any]", value)
    if kind == "node" and not any(key in members for key in _INSIDE["node"]):
        return members
    return {key: _converted(inside(kind, key), one, edges) for key, one in members.items()}


def edge_key(edge: Any) -> str:
    """What an edge is found by."""
    return edge if isinstance(edge, str) else msgspec.json.encode(edge, order="sorted").decode()


def read_edge(given: Any) -> tuple[Edge, Any]:
    """An edge, and how it is written.

    Raises:
        UserError: It is none.
    """
    try:
        edge = Edge.model_validate(given)
    except ValueError as error:
        raise UserError("editing.bad_edge", "{reason}.", reason=reason_of(error)).at(param="edge") from error
    return edge, written_edge(edge)


def node_path(node: str) -> Path:
    """The path of a node by its name: ``places.body.place``.

    Raises:
        UserError: It has another form.
    """
    parts = node.split(".")
    path: list[str] = []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            path += ["nodes", part]
        elif part in BODIES:
            path.append(part)
        else:
            raise _no_name(node)
    if len(parts) % 2 == 0 or not all(parts):
        raise _no_name(node)
    return tuple(path)


def graph_path(graph: str) -> Path:
    """The path of a level: "" for the workflow's own, ``places.body`` for the body of a node."""
    if not graph:
        return ()
    node, _, body = graph.rpartition(".")
    if body not in BODIES:
        raise _no_name(graph)
    return (*node_path(node), body)


def node_name(path: Path) -> str:
    """Inverse of ``node_path``."""
    return ".".join(part for at, part in enumerate(path) if at % 3)


def _no_name(node: str) -> UserError:
    return UserError("editing.node_path", "{node} leads to no node: write node, or node.body.node.", node=node[:200])


def get(tree: Any, path: Path) -> Any:
    """What stands at a path, or ``MISSING``."""
    found: Any = tree
    for key in path:
        if not isinstance(found, dict) or key not in found:
            return MISSING
        found = cast("dict[str, Any]", found)[key]
    return found


def put(tree: dict[str, Any], path: Path, value: Any) -> Change:
    """Set a value, and make the mappings that lead there.

    Raises:
        UserError: Something on the way is no mapping.
    """
    holder, made = tree, 0
    for key in path[:-1]:
        if key not in holder:
            holder[key] = {}
            made += 1
        inner = holder[key]
        if isinstance(inner, dict):
            holder = cast("dict[str, Any]", inner)
        else:
            raise UserError("editing.no_mapping", "{path} is a whole value: set it as one.", path=".".join(path[:-1]))
    before = holder.get(path[-1], MISSING)
    holder[path[-1]] = copied(value)
    return Change(path, before, value, made if before is MISSING else 0)


def remove(tree: dict[str, Any], path: Path, parents: int = 0) -> Change | None:
    """Remove a value, and up to ``parents`` mappings around it that are empty then. None where there is none."""
    holders: list[dict[str, Any]] = [tree]
    for key in path[:-1]:
        inner = holders[-1].get(key)
        if not isinstance(inner, dict):
            return None
        holders.append(cast("dict[str, Any]", inner))
    if path[-1] not in holders[-1]:
        return None
    before = holders[-1].pop(path[-1])
    gone = 0
    while gone < parents and len(holders) > 1 and not holders[-1]:
        holders.pop()
        del holders[-1][path[len(holders) - 1]]
        gone += 1
    return Change(path, before, MISSING, gone)


def apply(tree: dict[str, Any], change: Change) -> None:
    """Carry out a change that was recorded."""
    if change.after is MISSING:
        remove(tree, change.path, change.parents)
    else:
        put(tree, change.path, change.after)


def copied(value: Any) -> Any:
    """A value that nobody else holds."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [copied(one) for one in cast("list[Any]", value)]
    return value
