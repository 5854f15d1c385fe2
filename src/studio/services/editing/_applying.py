"""What an operation does to a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import msgspec

from studio.domain.errors import Conflict, UserError
from studio.domain.phrases import reason_of
from studio.domain.workflow import check_node_id
from studio.services.editing import _tree
from studio.services.editing._renaming import rename
from studio.services.editing._tree import MISSING, Change, Path
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
_ROOTS = frozenset({"name", "description", "inputs", "settings", "output", "next", "canvas", "nodes"})
_SETTABLE = frozenset({"value", "graph", "slots"})
MAX_DEPTH, MAX_KEY = 32, 500


class Rename(NamedTuple):
    """That a node of a level has another id."""

    level: Path
    old: str
    new: str


class Step(NamedTuple):
    """An operation that was carried out, what it changed, and whom others must not have changed meanwhile.

    ``touched`` are the paths it wrote by its own intent; of a renaming only what was rewritten elsewhere.
    """

    operation: Operation
    changes: list[Change]
    rename: Rename | None = None
    touched: list[Path] = []  # noqa: RUF012 - a NamedTuple's default is never changed


def perform(tree: dict[str, Any], operation: Operation) -> Step:
    """Carry out an operation on a document.

    Raises:
        Conflict: It does not fit the document as it is.
        UserError: It makes no sense whatever the document is.
    """
    if isinstance(operation, RenameNode):
        changes, rewritten = rename(tree, operation.node, operation.to)
        path = _tree.node_path(operation.node)
        named = Rename(path[:-2], path[-1], operation.to) if changes else None
        return Step(operation, changes, named, rewritten)
    done = Changes(tree)
    try:
        _DO[type(operation)](done, operation)
    except BaseException:
        roll_back(tree, done.made)
        raise
    return Step(operation, done.made, None, [one.path for one in done.made])


def roll_back(tree: dict[str, Any], changes: list[Change]) -> None:
    """Undo changes, the last first."""
    for one in reversed(changes):
        _tree.apply(tree, one.inverse())


class Changes:
    """Changes a document and keeps account of it."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.made: list[Change] = []

    def put(self, path: Path, value: Any) -> None:
        """Set a value, unless it is there already."""
        if not same(_tree.get(self.tree, path), value):
            self.made.append(_tree.put(self.tree, path, value))

    def remove(self, path: Path, prune: int = 0) -> None:
        """Remove a value, if it is there."""
        done = _tree.remove(self.tree, path, prune)
        if done is not None:
            self.made.append(done)

    def need_node(self, path: Path) -> None:
        """Refuse where there is no such node."""
        if _tree.get(self.tree, path) is MISSING:
            raise Conflict("editing.no_node", "There is no node {node} any more.", node=_tree.node_name(path))


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, truth and numbers kept apart."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        # The order of keys may carry meaning: the cases of a switch.
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(one, list) and isinstance(other, list):
        mine, theirs = cast("list[Any]", one), cast("list[Any]", other)
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    return bool(one == other) and isinstance(one, str) == isinstance(other, str)


def nodes_on(path: Path) -> Iterator[Path]:
    """The nodes that a path leads through, the outermost first."""
    kind: _tree.Kind = "document"
    for at, key in enumerate(path):
        before, kind = kind, _tree.inside(kind, key)
        if before == "nodes":
            yield path[: at + 1]


def _check_path(done: Changes, path: Path) -> None:
    if not 1 <= len(path) <= MAX_DEPTH or any(not key or len(key) > MAX_KEY for key in path):
        raise _unsettable(path)
    if path[0] not in _ROOTS or path[:2] == _POSITIONS or path in (("canvas",), ("nodes",)):
        raise _unsettable(path)
    if _tree.kind_at(path) not in (*_SETTABLE, *(("node",) if path[-2:-1] != ("nodes",) else ())):
        raise _unsettable(path)
    for node in nodes_on(path):
        done.need_node(node)


def _unsettable(path: Path) -> UserError:
    return UserError(
        "editing.unsettable", "{path} is not set like that. Nodes, edges and positions have operations of their own.",
        path=".".join(path)[:300] or '""',
    )  # fmt: skip


def _set(done: Changes, given: SetValue) -> None:
    _check_path(done, given.path)
    if given.path == ("name",) and not isinstance(given.value, str):
        raise _unsettable(given.path)
    done.put(given.path, _tree.editable(_tree.kind_at(given.path), given.value))


def _remove(done: Changes, given: RemoveValue) -> None:
    _check_path(done, given.path)
    if given.path == ("name",):
        raise _unsettable(given.path)
    # Never the node itself, nor the mapping of all nodes.
    node = next(reversed([*nodes_on(given.path)]), ())
    done.remove(given.path, max(0, min(given.prune, len(given.path) - len(node) - 1)))


def _add_node(done: Changes, given: AddNode) -> None:
    path = _tree.node_path(given.node)
    try:
        check_node_id(path[-1])
    except ValueError as error:
        raise UserError("editing.node_id", "{reason}.", reason=reason_of(error)) from error
    for holder in nodes_on(path[:-2]):
        done.need_node(holder)
    if _tree.get(done.tree, path) is not MISSING:
        raise Conflict("editing.id_taken", "There is a node {node} already.", node=given.node)
    done.put(path, _tree.editable("node", given.value))
    for edge in given.edges:
        _edge_in(done, path[:-2], edge)
    for name, at in given.positions.items():
        if name != given.node and not name.startswith(f"{given.node}."):
            raise _unsettable((*_POSITIONS, name))
        done.put((*_POSITIONS, name), list(at))


def _remove_node(done: Changes, given: RemoveNode) -> None:
    path = _tree.node_path(given.node)
    if _tree.get(done.tree, path) is MISSING:
        return
    for edge in incident(done.tree, path):
        done.remove(edge, 1)
    done.remove(path, 1)
    places = _tree.get(done.tree, _POSITIONS)
    if isinstance(places, dict):
        named = [name for name in cast("dict[str, Any]", places) if name == given.node]
        if any(key in done.made[-1].before for key in _tree.BODIES):
            named = [one for one in cast("dict[str, Any]", places) if f"{one}.".startswith(f"{given.node}.")]
        for name in named:
            done.remove((*_POSITIONS, name), 2)


def incident(tree: dict[str, Any], path: Path) -> list[Path]:
    """The edges from and to a node."""
    level = (*path[:-2], "edges")
    edges = _tree.get(tree, level)
    if not isinstance(edges, dict):
        return []
    id = path[-1]
    return [(*level, key) for key, edge in cast("dict[str, Any]", edges).items() if id in key and id in edge_ends(edge)]


def edge_ends(edge: Any) -> tuple[str, str]:
    """Source and target of a written edge."""
    if isinstance(edge, str):
        if edge.startswith("{"):
            edge = msgspec.json.decode(edge)
        else:
            source, _, target = edge.partition("->")
            return source.partition(".")[0].strip(), target.partition(".")[0].strip()
    return edge["source"], edge["target"]


def _edge_in(done: Changes, level: Path, given: Any) -> None:
    edge, written = _tree.read_edge(given)
    for id in (edge.source, edge.target):
        done.need_node((*level, "nodes", id))
    done.put((*level, "edges", _tree.edge_key(written)), written)


def _add_edge(done: Changes, given: AddEdge) -> None:
    level = _tree.graph_path(given.graph)
    for node in nodes_on(level):
        done.need_node(node)
    _edge_in(done, level, given.edge)


def _remove_edge(done: Changes, given: RemoveEdge) -> None:
    _, written = _tree.read_edge(given.edge)
    done.remove((*_tree.graph_path(given.graph), "edges", _tree.edge_key(written)), 1)


def _move(done: Changes, given: Move) -> None:
    for name, at in given.positions.items():
        if at is None:
            done.remove((*_POSITIONS, name), 2)
            continue
        path = (*_POSITIONS, name)
        if ".slots." not in name:
            done.need_node(_tree.node_path(name))
        done.put(path, list(at))


_DO: dict[type[Any], Any] = {
    SetValue: _set, RemoveValue: _remove, AddNode: _add_node, RemoveNode: _remove_node, AddEdge: _add_edge,
    RemoveEdge: _remove_edge, Move: _move,
}  # fmt: skip
