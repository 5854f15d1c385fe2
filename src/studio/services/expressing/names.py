"""The values that names stand for where an expression is written: samples, pinned data, what an execution recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from studio.catalog import Catalog, NodeFacts
from studio.domain.errors import StudioError
from studio.domain.lazy import LazyItems
from studio.domain.workflow import Node, Workflow
from studio.services.expressing.evaluating import Evaluating
from studio.services.expressing.places import Around, Place, own_names, runtime_prefix
from studio.services.expressing.recorded import ABSENT, Recording
from studio.validation.analysis import LevelGraph, analyse
from studio.validation.names import IN_TRIGGERS

_ALWAYS = ("inputs", "vars", "execution", "workflow", "now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What expressions work on, in this order: ``samples`` by name, ``pinned`` by node path, the recording."""

    samples: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pinned: Mapping[str, Any] = field(default_factory=dict[str, Any])
    recording: Recording | None = None


@dataclass(slots=True)
class Turn:
    """A container around: which of its items or turns is looked at, and of how many where that is known."""

    node: str
    index: int
    count: int | None = None


class Names:
    """Finds the values of the names that expressions at one place may use.

    Args:
        workflow: The workflow that the place is in.
        place: Where.
        data: What the values come from.
        indices: Which item of each container around, from the outside in.
        variables: Gives the workspace's variables to whoever may see them.
    """

    def __init__(
        self, workflow: Workflow, place: Place, data: Data, indices: Sequence[int], catalog: Catalog,
        evaluating: Evaluating, variables: Callable[[], Awaitable[Mapping[str, Any] | None]],
    ) -> None:  # fmt: skip
        self._workflow = workflow
        self.place = place
        self.data = data
        self._catalog = catalog
        self._evaluating = evaluating
        self._variables = variables
        self._graphs: dict[int, LevelGraph] = {}
        self._values: dict[tuple[int, str], Any] = {}
        given = [*indices, *[0] * len(place.levels)]
        self.around = [Turn(level.path, max(0, given[at])) for at, level in enumerate(place.levels[1:])]

    def visible(self) -> list[str]:
        """Every name that may be written here, whether there is a value or not."""
        facts = None if self.place.node is None else self.facts(self.place.node.type)
        if facts is not None and facts.kind == "trigger":
            return list(dict.fromkeys([*self.data.samples, *IN_TRIGGERS]))
        found = [*self.data.samples, *_ALWAYS]
        for depth, level in enumerate(self.place.levels):
            found += [id for id in level.graph.nodes if id != level.viewer]
            if depth:
                found += self._given(level)
        if self.place.node is not None:
            found.append("input")
        for kind, _ in self.place.slots:
            found.append("event" if kind == "notify" else "args")
        return list(dict.fromkeys(found))

    async def values(self, wanted: Sequence[str], *, more: Sequence[str] = ()) -> tuple[dict[str, Any], list[str]]:
        """The values of some names, and the names for which there is none yet.

        ``more`` are names that something else gives here.
        """
        found: dict[str, Any] = {}
        missing: list[str] = []
        for name in wanted:
            if name in more:
                continue
            value = await self._value(name, len(self.place.levels) - 1)
            if value is ABSENT:
                missing.append(name)
            else:
                found[name] = value
        return found, missing

    async def _value(self, name: str, depth: int) -> Any:
        """A name as it is seen from a level."""
        if name in self.data.samples:
            return self.data.samples[name]
        key = (depth, name)
        if key not in self._values:
            self._values[key] = await self._find(name, depth)
        return self._values[key]

    async def _find(self, name: str, depth: int) -> Any:
        if name == "input" and depth == len(self.place.levels) - 1 and self.place.node is not None:
            return await self._input()
        for at in range(depth, -1, -1):
            level = self.place.levels[at]
            if name in level.graph.nodes:
                return await self._output(at, name)
            given = self._given(level) if at else None
            if given is not None and name in given:
                return await self._of_container(at, given[name])
        return await self._outermost(name)

    async def _output(self, depth: int, id: str) -> Any:
        level = self.place.levels[depth]
        path = f"{level.path}.{level.body}.{id}" if depth else id
        if path in self.data.pinned:
            return self.data.pinned[path]
        if self.data.recording is None:
            return ABSENT
        levels, numbers = self.place.levels[: depth + 1], [turn.index for turn in self.around[:depth]]
        return await self.data.recording.output(runtime_prefix(levels, numbers), id)

    async def _outermost(self, name: str) -> Any:
        recording = self.data.recording
        if name == "now":
            return datetime.now(UTC).isoformat().replace("+00:00", "Z")
        if name == "workflow":
            return {"name": self._workflow.name, "hash": recording.row.workflow_hash if recording else ""}
        if name == "vars":
            found = await recording.given("vars") if recording is not None else await self._variables()
            return ABSENT if found is None else found
        if recording is None:
            return ABSENT
        if name in ("inputs", "event"):
            return await recording.given(name)
        if name == "execution":
            row = recording.row
            at = datetime.fromtimestamp(row.accepted_at / 1e6, UTC).isoformat().replace("+00:00", "Z")
            return {"id": row.id, "mode": row.mode, "trigger": row.trigger, "accepted_at": at}
        return ABSENT

    async def _input(self) -> Any:
        """What the single edge into the node carries."""
        depth = len(self.place.levels) - 1
        id = self.place.levels[-1].viewer
        while True:
            edge = self._edge_into(depth, id)
            if edge is None:
                return ABSENT
            id, port = edge
            value: Any = await self._value(id, depth)
            node = self.place.levels[depth].graph.nodes[id]
            fields = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None
            if port is not None and fields is not None and port in fields:
                return fields[port]
            facts = self.facts(node.type)
            if facts is None or not facts.passes_input or self._edge_into(depth, id) is None:
                return cast("Any", value)

    def _edge_into(self, depth: int, id: str) -> tuple[str, str | None] | None:
        graph = self.graph(depth)
        listed = graph.listed_in.get(id)
        if listed is not None:
            return (listed[0].source, listed[0].port) if len(listed) == 1 else None
        implied = graph.implied[id]
        return (next(iter(implied)), None) if len(implied) == 1 else None

    def graph(self, depth: int) -> LevelGraph:
        """Who waits for whom in a level."""
        if depth not in self._graphs:
            self._graphs[depth] = analyse(self.place.levels[depth].graph, self._catalog)
        return self._graphs[depth]

    def facts(self, type_id: str) -> NodeFacts | None:
        """Facts of a node type, None where there are none."""
        try:
            return self._catalog.facts(type_id)
        except StudioError:
            return None

    def kind_of(self, name: str) -> str:
        """What a name is that is no node: itself, or the role that a container gives it."""
        for level in reversed(self.place.levels[1:]):
            given = self._given(level)
            if name in given:
                return given[name]
        return name

    # Containers

    def _given(self, level: Around) -> Mapping[str, str]:
        facts = self.facts(level.container.type) if level.container is not None else None
        return {} if facts is None else own_names(facts.executor, facts.scope_names, level)

    async def _of_container(self, at: int, kind: str) -> Any:
        """What a container gives to the item or turn that is looked at."""
        turn, container = self.around[at - 1], self.place.levels[at].container
        if container is None:
            return ABSENT
        if kind == "index":
            await self._items_of(at, container)
            return turn.index
        if kind == "item":
            items = await self._items_of(at, container)
            return ABSENT if items is ABSENT else await self._evaluating.item(items, turn.index)
        if kind in ("state", "acc") and turn.index == 0:
            return await self._param(at, container, "state" if kind == "state" else "initial", None)
        if kind == "error":
            return await self._caught(at)
        return ABSENT

    async def _items_of(self, at: int, container: Node) -> Any:
        turn = self.around[at - 1]
        items = await self._param(at, container, "items", ABSENT)
        if listed(items):
            turn.count = len(items)
            turn.index = min(turn.index, max(0, turn.count - 1))
            return items
        return ABSENT

    async def _param(self, at: int, container: Node, name: str, otherwise: Any) -> Any:
        """A param of a container, in the scope of the container itself."""
        key = (at - 1, f"\0{self.place.levels[at].path}.{name}")
        if key not in self._values:
            value = container.params.get(name)
            if value is None:
                value = self.graph(at - 1).wired.get(self.place.levels[at].name, {}).get(name)
            self._values[key] = otherwise if value is None else await self._evaluated(value, at - 1)
        return self._values[key]

    async def _evaluated(self, value: Any, depth: int) -> Any:
        compiled = self._evaluating.compiled(value)
        if compiled is None:
            return value
        scope: dict[str, Any] = {}
        for name in compiled.roots:
            found = await self._value(name, depth)
            if found is ABSENT:
                return ABSENT
            scope[name] = found
        try:
            return await self._evaluating.evaluate(compiled, scope)
        except StudioError:
            return ABSENT

    async def _caught(self, at: int) -> Any:
        """The error that a ``flow.try`` has caught."""
        level = self.place.levels[at]
        found = await self._output(at - 1, level.name)
        if isinstance(found, Mapping) and (error := cast("Mapping[str, Any]", found).get("error")) is not None:
            return error
        return ABSENT


def listed(value: Any) -> bool:
    """Whether a value is a list, long ones included."""
    return isinstance(value, list | LazyItems)
