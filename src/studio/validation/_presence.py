"""Under which branches a node is reached: conditions as alternatives of ports taken.

A condition is a set of alternatives, each a set of (node, port) pairs that must all have been taken. The empty
alternative always holds, no alternative at all means never, None that it is too intricate to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TypeAlias

from studio.domain.status import Join, OnError
from studio.domain.workflow import Edge, Node
from studio.validation.analysis import ERROR_PORT, LevelGraph

Taken: TypeAlias = frozenset[tuple[str, str]]
Condition: TypeAlias = frozenset[Taken] | None

ALWAYS: Condition = frozenset({frozenset[tuple[str, str]]()})
NEVER: Condition = frozenset[Taken]()
_MOST = 32
_MOST_UNTIDY = 256
_DEFAULT = ""


class Presence:
    """Conditions of all nodes of a level that is free of cycles.

    ``exclusive`` tells of a node whether it leaves by exactly one port.
    """

    def __init__(self, level: LevelGraph, nodes: Mapping[str, Node], exclusive: Callable[[str], bool]) -> None:
        self._level = level
        self._nodes = nodes
        self._exclusive = {id: exclusive(id) for id in nodes if level.ports[id] or _routes(nodes[id])}
        self.reached: dict[str, Condition] = {}
        """When a node's turn comes, whatever its own ``run_if`` then says."""
        for id in level.order:
            self.reached[id] = self._reach(id)

    def carries(self, edge: Edge) -> Condition:
        """When a listed edge carries."""
        return self._carries(edge.source, edge.port)

    def surely_one(self, ids: Iterable[str], where: Condition) -> bool:
        """Whether at least one of these nodes has been reached wherever ``where`` holds."""
        return _follows(self._any([self.reached.get(id, ALWAYS) for id in ids]), where)

    def all_of(self, edges: Iterable[Edge]) -> Condition:
        """When all these edges carry."""
        return self._all([self.carries(edge) for edge in edges])

    def _reach(self, id: str) -> Condition:
        listed = self._level.listed_in.get(id)
        if listed is None:
            return self._all([self._carries(source, None) for source in sorted(self._level.implied[id])])
        if self._nodes[id].join is Join.ALL:
            return self.all_of(listed)
        return self._any([self.carries(edge) for edge in listed])

    def _carries(self, id: str, port: str | None) -> Condition:
        reached = self.reached.get(id, ALWAYS)
        ports = self._level.ports[id]
        if port == ERROR_PORT or port in ports:
            return self._all([reached, _one(id, port or _DEFAULT)])
        if not _routes(self._nodes[id]):
            return reached
        ways = ports or {_DEFAULT}
        return self._all([reached, self._any([_one(id, way) for way in sorted(ways)])])

    def _all(self, parts: list[Condition]) -> Condition:
        result = ALWAYS
        for part in parts:
            if part is None or result is None:
                return None
            if part in (ALWAYS, result):
                continue
            both = {one | other for one, other in product(result, part)}
            if any(len(taken) > _MOST for taken in both):
                return None
            result = self._tidy(frozenset(taken for taken in both if not self._contradicts(taken)))
        return result

    def _any(self, parts: list[Condition]) -> Condition:
        found: set[Taken] = set()
        for part in parts:
            if part is None:
                return None
            found |= part
        return self._tidy(frozenset(found))

    def _contradicts(self, taken: Taken) -> bool:
        seen: dict[str, str] = {}
        return any(self._exclusive.get(id) and seen.setdefault(id, port) != port for id, port in taken)

    def _tidy(self, condition: frozenset[Taken]) -> Condition:
        """Without alternatives that others cover, and with those that together cover all ports of a node made one."""
        changed = True
        while changed and condition:
            if len(condition) > _MOST_UNTIDY:
                return None
            kept = frozenset(one for one in condition if not any(other < one for other in condition))
            merged = self._merged(kept)
            changed = merged != condition
            condition = merged
        return condition if len(condition) <= _MOST else None

    def _merged(self, condition: frozenset[Taken]) -> frozenset[Taken]:
        groups: dict[tuple[str, Taken], set[str]] = {}
        for taken in condition:
            for id, port in taken:
                groups.setdefault((id, taken - {(id, port)}), set()).add(port)
        for (id, rest), ports in groups.items():
            if self._ways(id) <= ports:
                return (condition - {rest | {(id, port)} for port in ports}) | {rest}
        return condition

    def _ways(self, id: str) -> set[str]:
        ways = set(self._level.ports[id])
        if _routes(self._nodes[id]):
            return (ways or {_DEFAULT}) | {ERROR_PORT}
        return ways or {_DEFAULT}


def _one(id: str, port: str) -> Condition:
    return frozenset({frozenset({(id, port)})})


def _routes(node: Node) -> bool:
    return node.on_error is OnError.ROUTE


def _follows(wanted: Condition, given: Condition) -> bool:
    """Whether ``wanted`` holds wherever ``given`` does; true where it is too intricate to say."""
    if wanted is None or given is None:
        return True
    return all(any(need <= have for need in wanted) for have in given)
