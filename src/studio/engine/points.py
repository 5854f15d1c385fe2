"""Where an earlier execution is taken up: before a node of the root level, or before an item or a turn of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from studio.domain.errors import NotFound, UserError
from studio.engine import records as r
from studio.engine.encode import Values
from studio.engine.plan import Level
from studio.engine.records import Memory, Record
from studio.engine.retrying import cut, hold

_PATH = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?\Z")
_TURNING = ("while", "reduce")


class Point(NamedTuple):
    """Before ``node``; with a ``number`` before that item or turn of it, those with a lower one being kept."""

    node: str
    number: int | None = None
    turns: bool = False


def point_of(root: Level, path: str) -> Point:
    """The point that a path such as ``load`` or ``places[3]`` names.

    Raises:
        NotFound: There is no such node.
        UserError: It lies inside of something that can only be taken up as a whole.
    """
    name = path.partition("/")[0].partition("[")[0]
    if name not in root.index:
        raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=name)
    node = root.nodes[root.index[name]]
    match = _PATH.match(path)
    number = None if match is None or match[2] is None else int(match[2])
    in_items = node.each is not None or node.executor == "map"
    in_turns = node.each is None and node.executor in _TURNING
    if match is None or (number is not None and not (in_items or in_turns)):
        raise UserError(
            "execution.point_inside",
            "{path} lies inside of {node}, which is taken up as a whole. Name a node of the top level, or an item or "
            "turn of a map or loop there, such as places[3].",
            path=path,
            node=name,
        )
    return Point(name, number, in_turns)


async def keep_before(values: Values, memory: Memory, records: Iterable[Record], point: Point) -> None:
    """Take over the items or turns of a map or loop that come before a point.

    Raises:
        NotFound: The loop has not come so far.
    """
    if not point.number:
        return
    kinds = (r.TURN,) if point.turns else (r.CHUNK,)
    found: list[Record] = []
    for record in records:
        if record[1] != "" or record[2] != point.node:
            continue
        if record[0] in kinds:
            found.append(record)
        elif record[0] == r.RETRY and len(record) > 10 and record[10]:
            found.clear()
    if not point.turns:
        for record in found:
            for kept in await cut(values, record, lambda index, end=point.number: index < end):
                memory.apply(kept)
        return
    before = [record for record in found if record[3] == point.number]
    if not before:
        raise NotFound(
            "execution.no_such_turn", "{node} has not come to turn {turn}.", node=point.node, turn=point.number
        )
    await hold(values, before[-1])
    memory.apply(before[-1])
