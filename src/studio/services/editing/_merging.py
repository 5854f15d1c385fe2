"""Whether operations on an older revision can be carried out on the present one; see docs/adr/0022."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from studio.services.editing import _tree
from studio.services.editing._applying import Rename, edge_ends
from studio.services.editing._renaming import renamed_edge
from studio.services.editing._tree import Path
from studio.services.editing.operations import (
    AddEdge,
    AddNode,
    Move,
    Operation,
    RemoveEdge,
    RemoveNode,
    RemoveValue,
    RenameNode,
    SetValue,
)

_POSITIONS = ("canvas", "positions")


class Other(NamedTuple):
    """What a recorded batch did, as far as merging asks: ``own`` was known to whoever sends operations now."""

    revision: int
    by: str
    name: str
    at: int
    touched: Sequence[Path]
    renames: Sequence[Rename]
    own: bool


class Held(NamedTuple):
    """What others touched, under the names of the present revision."""

    by_path: list[tuple[Path, Other]]
    renames: list[tuple[Rename, Other]]

    def conflict(self, claims: Iterable[Path], edges_of: Iterable[Path] = ()) -> Other | None:
        """The last batch of another editor that touched what is claimed, or an edge of one of the nodes."""
        ends = [(*path[:-2], "edges", path[-1]) for path in edges_of]
        wanted = [*claims]
        for path, other in reversed(self.by_path):
            if any(_meet(path, claim) for claim in wanted) or any(_of_node(path, end) for end in ends):
                return other
        return None

    def after(self, rename: Rename) -> Held:
        """The same once a node has another name."""
        return Held([(moved(path, rename), other) for path, other in self.by_path], self.renames)


def held(others: Sequence[Other]) -> Held:
    """What others touched, brought under present names."""
    found: list[tuple[Path, Other]] = []
    for other in others:
        for one in other.renames:
            found = [(moved(path, one), by) for path, by in found]
        if not other.own:
            found += [(path, other) for path in other.touched]
    renames = [(one, other) for other in others if not other.own for one in other.renames]
    return Held(found, renames)


def _meet(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _of_node(path: Path, end: Path) -> bool:
    """Whether a path is an edge from or to a node, or the place of something in it."""
    if path[:2] == _POSITIONS:
        return f"{path[-1]}.".startswith(f"{_tree.node_name((*end[:-2], 'nodes', end[-1]))}.")
    return path[:-1] == end[:-1] and end[-1] in edge_ends(path[-1])


def moved(path: Path, rename: Rename) -> Path:
    """A path after a node was renamed."""
    level, old, new = rename
    depth = len(level)
    if path[:depth] == level and len(path) > depth + 1:
        section = path[depth]
        if section == "nodes" and path[depth + 1] == old:
            return (*level, "nodes", new, *path[depth + 2 :])
        if section == "edges" and len(path) == depth + 2 and old in path[-1]:
            key = path[-1]
            edge = msgspec.json.decode(key) if key.startswith("{") else key
            return (*level, "edges", _tree.edge_key(renamed_edge(edge, old, new)))
    if path[:2] == _POSITIONS and len(path) == 3:
        return (*_POSITIONS, _moved_name(path[2], rename))
    return path


def _moved_name(name: str, rename: Rename) -> str:
    old = _tree.node_name((*rename.level, "nodes", rename.old))
    if name == old or name.startswith(f"{old}."):
        return _tree.node_name((*rename.level, "nodes", rename.new)) + name[len(old) :]
    return name


class Translated(NamedTuple):
    """An operation under present names; ``conflict`` is who renamed what it cannot follow."""

    operation: Operation
    conflict: Other | None


def translated(operation: Operation, renames: Sequence[tuple[Rename, Other]], fresh: set[Path]) -> Translated:
    """An operation after nodes were renamed by others. Nodes that the same batch made (``fresh``) are left alone."""
    for rename, other in renames:
        node = (*rename.level, "nodes", rename.old)
        if node in fresh:
            continue
        if isinstance(operation, RemoveNode | RenameNode) and _tree.node_path(operation.node) == node:
            return Translated(operation, other)
        if any(_mentions(value, rename.old) for value in _values(operation)):
            return Translated(operation, other)
        operation = _moved_operation(operation, rename)
    return Translated(operation, None)


def _moved_operation(operation: Operation, rename: Rename) -> Operation:
    change: Any = msgspec.structs.replace
    if isinstance(operation, SetValue | RemoveValue):
        return change(operation, path=moved(operation.path, rename))
    if isinstance(operation, AddNode):
        return _moved_addition(operation, rename)
    if isinstance(operation, RemoveNode | RenameNode):
        return change(operation, node=_moved_name(operation.node, rename))
    if isinstance(operation, Move):
        places = {_moved_name(name, rename): at for name, at in operation.positions.items()}
        return change(operation, positions=places)
    level = _tree.graph_path(operation.graph)
    edge = operation.edge
    if level == rename.level:
        edge = renamed_edge(_tree.read_edge(edge)[1], rename.old, rename.new)
    graph = ".".join(part for at, part in enumerate(moved(level, rename)) if at % 3)
    return change(operation, graph=graph, edge=edge)


def _moved_addition(operation: AddNode, rename: Rename) -> AddNode:
    """A new node keeps its id; where it goes and what it is connected to follows."""
    path = _tree.node_path(operation.node)
    level = moved(path[:-2], rename)
    edges = operation.edges
    if path[:-2] == rename.level and path[-1] != rename.old:
        edges = [renamed_edge(_tree.read_edge(one)[1], rename.old, rename.new) for one in edges]
    node = _tree.node_name((*level, *path[-2:]))
    places = {node + name[len(operation.node) :]: at for name, at in operation.positions.items()}
    return msgspec.structs.replace(operation, node=node, edges=edges, positions=places)


def _values(operation: Operation) -> list[Any]:
    return [operation.value] if isinstance(operation, SetValue | AddNode) else []


def _mentions(value: Any, id: str) -> bool:
    """Whether an expression in a value may read a node."""
    if isinstance(value, str):
        return "{{" in value and re.search(rf"\b{re.escape(id)}\b", value) is not None
    if isinstance(value, Mapping):
        return any(_mentions(one, id) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(_mentions(one, id) for one in cast("list[Any]", value))
    return False


def claims(operation: Operation) -> tuple[list[Path], list[Path]]:
    """What an operation needs untouched: paths, and nodes whose edges must be untouched too."""
    if isinstance(operation, SetValue | RemoveValue):
        return [operation.path], []
    if isinstance(operation, AddEdge | RemoveEdge):
        _, written = _tree.read_edge(operation.edge)
        return [(*_tree.graph_path(operation.graph), "edges", _tree.edge_key(written))], []
    if isinstance(operation, Move):
        return [(*_POSITIONS, name) for name in operation.positions], []
    if isinstance(operation, RenameNode):
        return [], []
    path = _tree.node_path(operation.node)
    if isinstance(operation, AddNode):
        return [path, *((*_POSITIONS, name) for name in operation.positions)], []
    return [path, (*_POSITIONS, operation.node)], [path]
