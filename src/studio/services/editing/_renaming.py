"""Renaming a node in a document that is edited, by the one refactoring that knows what refers to a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from studio.domain.canonical import plain_workflow
from studio.domain.errors import UserError
from studio.domain.workflow import Workflow
from studio.services.editing import _tree
from studio.services.editing._tree import MISSING, Change, Path
from studio.validation.refactor import rename_node

_POSITIONS = ("canvas", "positions")


def rename(tree: dict[str, Any], node: str, new: str) -> tuple[list[Change], list[Path]]:
    """Rename a node; the changes, and the paths of what was rewritten because it refers to the node.

    Raises:
        NotFound: There is no such node.
        Conflict: The new id is none, or taken.
        ExpressionError: A variable of the new name is in the way.
    """
    path = _tree.node_path(node)
    old = path[-1]
    if len(new) > 200:
        raise UserError("editing.node_id", "{reason}.", reason=new[:20])
    before = _model(tree, old, new)
    after = rename_node(before, node, new)
    if after is before:
        return [], []
    left = _moved(_written(before, after), path, new)
    right = _written(after, before)
    rewritten = [one for one in _differing(left, right) if one[:2] != _POSITIONS]
    changes = _changes_moved(tree, path, new)
    for one in rewritten:
        changes.append(_tree.put(tree, one, _tree.get(right, one)))
    return changes, rewritten


def _model(tree: dict[str, Any], old: str, new: str) -> Workflow:
    """The workflow as far as it has to do with the node, or with the id that it is to get."""
    named: dict[str, Any] = tree.get("nodes", {})
    nodes: dict[str, Any] = {}
    for id, node in named.items():
        whole = id in (old, new) or any(key in node for key in (*_tree.BODIES, "slots"))
        if whole or old.encode() in msgspec.json.encode(node):
            nodes[id] = _tree.plain("node", node)
    edges = [edge for key, edge in tree.get("edges", {}).items() if old in key]
    rest = {key: one for key, one in tree.items() if key not in ("nodes", "edges", "canvas")}
    return Workflow.model_validate({**rest, "nodes": nodes, "edges": edges})


def _written(one: Workflow, other: Workflow) -> dict[str, Any]:
    """A workflow as it is edited, without the nodes of the top level that are the same in the other."""
    same = {id(node) for node in other.nodes.values()}
    nodes = {name: node for name, node in one.nodes.items() if id(node) not in same}
    return _tree.editable("document", plain_workflow(one.model_copy(update={"nodes": nodes})))


def _changes_moved(tree: dict[str, Any], path: Path, new: str) -> list[Change]:
    """Move the node itself, its edges and its places on the canvas in the document."""
    level, old = path[:-2], path[-1]
    changes: list[Change] = []
    for key, edge in list(cast("dict[str, Any]", _tree.get(tree, (*level, "edges")) or {}).items()):
        other = renamed_edge(edge, old, new)
        if other != edge:
            changes += _replaced(tree, (*level, "edges", key), (*level, "edges", _tree.edge_key(other)), other)
    changes += _replaced(tree, path, (*level, "nodes", new), _tree.get(tree, path))
    places = _tree.get(tree, _POSITIONS)
    named, changed = _tree.node_name(path), _tree.node_name((*level, "nodes", new))
    for name, at in list(cast("dict[str, Any]", places).items()) if places is not MISSING else []:
        if name == named or name.startswith(f"{named}."):
            changes += _replaced(tree, (*_POSITIONS, name), (*_POSITIONS, changed + name[len(named) :]), at)
    return changes


def _replaced(tree: dict[str, Any], old: Path, new: Path, value: Any) -> Iterator[Change]:
    if value is MISSING:
        return
    done = _tree.remove(tree, old)
    if done is not None:
        yield done
    yield _tree.put(tree, new, value)


def renamed_edge(edge: Any, old: str, new: str) -> Any:
    """An edge with its ends renamed, as it is written."""
    if old not in _tree.edge_key(edge):
        return edge
    model, _ = _tree.read_edge(edge)
    ends = {"source": model.source, "target": model.target}
    changed = model.model_copy(update={key: new if id == old else id for key, id in ends.items()})
    return _tree.read_edge(changed.model_dump())[1] if changed != model else edge


def _moved(tree: dict[str, Any], path: Path, new: str) -> dict[str, Any]:
    """The tree with the node under its new id and nothing else changed."""
    _changes_moved(tree, path, new)
    return tree


def _differing(left: Any, right: Any, at: Path = ()) -> Iterator[Path]:
    """Where two trees of the same shape have other values."""
    if isinstance(left, dict) and isinstance(right, dict):
        mine, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        for key, one in theirs.items():
            yield from _differing(mine.get(key, MISSING), one, (*at, key))
    elif left != right:
        yield at
