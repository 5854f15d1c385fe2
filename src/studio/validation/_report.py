"""Collects problems and gives each its place."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from studio.validation._positions import Key, Path, Positions
from studio.validation._problems import Problem
from studio.validation.document import param_path


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, a body or the workflow itself: its node path and where it stands in the raw tree."""

    node: str | None
    path: Path

    def child(self, id: str) -> Spot:
        """The spot of a node in the level that this spot holds."""
        return Spot(f"{self.node}.{id}" if self.node else id, (*self.path, "nodes", id))

    def body(self, name: str) -> Spot:
        """The spot of a graph inside this node."""
        return Spot(f"{self.node}.{name}", (*self.path, name))

    def slot(self, name: str, index: int | None, id: str) -> Spot:
        """The spot of a node in a slot of this node."""
        at = ("slots", name) if index is None else ("slots", name, index)
        return Spot(f"{self.node}.slots.{name}.{id}", (*self.path, *at))


class Report:
    """The problems found so far."""

    def __init__(self, positions: Positions) -> None:
        self.found: list[Problem] = []
        self._positions = positions

    def add(
        self,
        found: Problem,
        spot: Spot,
        *keys: Key,
        at_key: bool = False,
        start: int | None = None,
        end: int | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Keep a problem at ``keys`` below ``spot``; ``start`` and ``end`` are offsets in the text there."""
        path = (*spot.path, *keys)
        line, column = (
            self._positions.within(path, start) if start is not None else self._positions.at(path, key=at_key)
        )
        inside = keys[1:] if keys and keys[0] == "params" and len(keys) > 1 else keys
        node = spot.node
        if spot.path and spot.path[-1] in ("body", "catch", "finally") and node:
            node, _dot, body = node.rpartition(".")
            inside = (body, *inside)
        self.found.append(
            msgspec.structs.replace(
                found,
                node=node,
                param=param_path(inside) or None,
                line=line,
                column=column,
                start=start,
                end=end,
                suggestion=suggestion if suggestion is not None else found.suggestion,
            )
        )
