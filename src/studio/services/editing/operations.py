"""The operations that drafts are edited by."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec


class _Operation(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    pass


class SetValue(_Operation, frozen=True, kw_only=True, tag="set"):
    """Set a value: a param, a field of a node, an input, a setting. Mappings that lead there are made."""

    path: tuple[str, ...]
    value: Any


class RemoveValue(_Operation, frozen=True, kw_only=True, tag="remove"):
    """Remove a value, and up to ``prune`` mappings around it that are empty then."""

    path: tuple[str, ...]
    prune: int = 0


class AddNode(_Operation, frozen=True, kw_only=True, tag="add_node"):
    """Add a node, with its place on the canvas and its edges where they are given."""

    node: str
    value: dict[str, Any]
    positions: dict[str, tuple[float, float]] = {}
    edges: list[Any] = []


class RemoveNode(_Operation, frozen=True, kw_only=True, tag="remove_node"):
    """Remove a node with all that is in it, its edges and its place on the canvas."""

    node: str


class RenameNode(_Operation, frozen=True, kw_only=True, tag="rename_node"):
    """Give a node another id, and change everything that refers to it."""

    node: str
    to: str


class AddEdge(_Operation, frozen=True, kw_only=True, tag="add_edge"):
    """Add an edge to a level: "" for the workflow's own, ``places.body`` for the body of a node."""

    edge: Any
    graph: str = ""


class RemoveEdge(_Operation, frozen=True, kw_only=True, tag="remove_edge"):
    """Remove an edge."""

    edge: Any
    graph: str = ""


class Move(_Operation, frozen=True, kw_only=True, tag="move"):
    """Place nodes on the canvas, by their names; None takes a place away."""

    positions: dict[str, tuple[float, float] | None]


Operation: TypeAlias = SetValue | RemoveValue | AddNode | RemoveNode | RenameNode | AddEdge | RemoveEdge | Move
