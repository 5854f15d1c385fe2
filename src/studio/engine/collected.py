"""Failures of items that their map has dealt with, wherever in the workflow: what they lie in, and what came of them.

To retry just them, everything around them has to be as if they had not finished: the map, each container that holds
it, and all that came after, in the same level or in later turns. Everything else stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.engine import records as r
from studio.engine.levels import Levels
from studio.engine.plan import Level, downstream
from studio.engine.records import Record

_TURNING = ("while", "reduce")
_CALL = "call"
_PHASES = ("body", "catch", "finally")


class Collected:
    """Failing items of maps. ``tokens`` are, by path of a container, the items, turns or bodies in which they lie.

    ``loop[3]/m`` with a failing item 7 gives ``{"loop[3]/m": {"7"}, "loop": {"3"}}``. ``calls`` are paths of
    ``flow.call`` nodes whose child has such items: they have the token of a call.
    """

    def __init__(self, records: Iterable[Record], root: Level, calls: Iterable[str] = ()) -> None:
        self._root = root
        self._levels = Levels(root)
        self._stale: dict[str, set[str]] = {}
        self._holding: dict[str, set[str]] = {}
        self._firsts: dict[str, int] = {}
        self.tokens: dict[str, set[str]] = {}
        for path, index in failing(records):
            self._add(path, str(index))
        for path in calls:
            self._add(path, _CALL)

    def _add(self, path: str, token: str) -> None:
        known = self.tokens.setdefault(path, set())
        if token in known:
            return
        known.add(token)
        if token.isdigit():
            self._firsts[path] = min(int(token), self._firsts.get(path, int(token)))
        prefix, slash, node = path.rpartition("/")
        self._holding.setdefault(prefix + slash, set()).add(node)
        if prefix:
            around, _bracket, inside = prefix.rpartition("[")
            self._add(around, inside.rstrip("]"))

    def roots(self) -> set[str]:
        """Nodes of the root level that hold failing items."""
        return self._holding.get("", set[str]())

    def called(self, record: Record) -> bool:
        """Whether a record tells of a child in which items have failed."""
        return record[0] == r.CHILD and _CALL in self.tokens.get(record[1] + record[2], ())

    def undone(self, record: Record) -> bool:
        """Whether what a record tells must be done again, or was done with what comes out differently now."""
        kind, prefix, node = record[:3]
        if self._after(prefix, node):
            return True
        tokens = self.tokens.get(prefix + node)
        if tokens is None:
            return False
        if kind == r.TURN:
            return record[3] > self._firsts[prefix + node]
        if kind == r.PHASE:
            return record[3] in tokens or _later(record[3], tokens)
        return kind in (r.DONE, r.SPILL)

    def _after(self, prefix: str, node: str) -> bool:
        """Whether a node comes after failing items: in its level, or in a turn or body around it."""
        if node in self._stale_in(prefix):
            return True
        while prefix:
            around, _bracket, token = prefix.rstrip("/").rpartition("[")
            token = token.rstrip("]")
            outer, _slash, container = around.rpartition("/")
            prefix = f"{outer}/" if outer else ""
            if container in self._stale_in(prefix):
                return True
            tokens = self.tokens.get(around)
            if tokens is None:
                continue
            planned = self._levels.node(prefix, container)
            turning = planned is not None and planned.executor in _TURNING and planned.each is None
            if turning and int(token) > self._firsts[around]:
                return True
            if token in _PHASES and _later(token, tokens):
                return True
        return False

    def _stale_in(self, prefix: str) -> set[str]:
        """Nodes of a frame's level that come after one that holds failing items."""
        if prefix not in self._stale:
            names = self._holding.get(prefix, set[str]())
            level = self._levels.level(prefix) if names else None
            self._stale[prefix] = downstream(level, names) - names if level is not None else set()
        return self._stale[prefix]


def failing(records: Iterable[Record]) -> Iterator[tuple[str, int]]:
    """Path of the map and index of every item whose failure stands at the end."""
    found: dict[str, set[int]] = {}
    for record in records:
        if record[0] == r.CHUNK and record[7]:
            found.setdefault(record[1] + record[2], set()).update(error["index"] for error in record[7])
        elif record[0] == r.RETRY and len(record) > 10 and record[10]:
            here = record[1] + record[2]
            for path in [path for path in found if path == here or path.startswith(f"{here}[")]:
                del found[path]
    for path, indexes in found.items():
        for index in indexes:
            yield path, index


def _later(phase: str, tokens: set[str]) -> bool:
    """Whether a body of a ``try`` comes after one of those."""
    at = _PHASES.index(phase)
    return any(_PHASES.index(token) < at for token in tokens if token in _PHASES)
