"""Names that expressions find, level by level, with their types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from studio.domain.status import Join, OnError
from studio.domain.workflow import Edge, Graph, Node
from studio.expressions.types import ANY, Type, optional
from studio.validation._context import Context
from studio.validation._presence import ALWAYS, Condition, Presence
from studio.validation._report import Spot
from studio.validation._types import fields_of, list_of, object_of
from studio.validation.analysis import ERROR_PORT, LevelGraph, bodies


class Scope:
    """Names of its own before those of the scope around it. ``own`` are types, or functions that find them."""

    def __init__(self, around: Scope | None, own: Mapping[str, Type | Callable[[], Type]]) -> None:
        self._around = around
        self._own = dict(own)

    def find(self, name: str) -> Type | None:
        """The type of a name, None where it is not in scope."""
        here = self._own.get(name)
        if here is None:
            return self._around.find(name) if self._around else None
        if callable(here):
            here = self._own[name] = here()
        return here

    def names(self) -> Iterator[str]:
        """Every name in scope."""
        yield from self._own
        if self._around:
            yield from self._around.names()

    def may_be_skipped(self, name: str) -> bool:
        """Whether the name is a node that perhaps did not run where the expression is evaluated."""
        return name not in self._own and self._around is not None and self._around.may_be_skipped(name)

    def one_surely_ran(self, names: Iterable[str]) -> bool:
        """Whether at least one of these nodes has given something where the expression is evaluated."""
        rest = [name for name in names if name not in self._own]
        return self._around is not None and self._around.one_surely_ran(rest)


class LevelScope(Scope):
    """The nodes of a level, as seen from one of them or from the level's output.

    ``where`` is the condition under which the expression is evaluated; nodes that may not have run by then are
    optional, and so are those that a node with ``join: first`` does not wait for.
    """

    def __init__(self, around: Scope, level: Level, viewer: str | None, where: Condition) -> None:
        super().__init__(around, {})
        self._level = level
        self._viewer = viewer
        self._where = where
        self._early = level.early(viewer) if viewer is not None else frozenset[str]()
        self._found: dict[str, Type] = {}

    def find(self, name: str) -> Type | None:
        if name not in self._level.graph.nodes:
            return super().find(name)
        if name == self._viewer or self._level.is_trigger(name):
            return None
        if name not in self._found:
            found = self._level.type_of(name, self._where)
            self._found[name] = optional(found) if self.may_be_skipped(name) else found
        return self._found[name]

    def names(self) -> Iterator[str]:
        yield from (id for id in self._level.graph.nodes if id != self._viewer)
        yield from super().names()

    def may_be_skipped(self, name: str) -> bool:
        if name not in self._level.graph.nodes:
            return super().may_be_skipped(name)
        return name in self._early or self._level.may_be_skipped(name, self._where)

    def one_surely_ran(self, names: Iterable[str]) -> bool:
        here = [name for name in names if name in self._level.graph.nodes]
        if self._early and self._viewer is not None and self._level.one_came_first(here, self._viewer):
            return True
        waited = [name for name in here if name not in self._early]
        return self._level.one_surely_ran(waited, self._where) or super().one_surely_ran(names)


class Level:
    """A level being checked: its graph, when its nodes run, and the types of what they give."""

    def __init__(self, context: Context, graph: Graph, level: LevelGraph, spot: Spot, around: Scope) -> None:
        self.context = context
        self.graph = graph
        self.level = level
        self.spot = spot
        self.around = around
        self.presence = None if level.cycles else Presence(level, graph.nodes, self._leaves_once)

    def scope_of(self, id: str) -> Scope:
        """What the expressions of a node find."""
        where = self._reached(id)
        scope = LevelScope(self.around, self, id, where)
        incoming = self.incoming(id)
        own: dict[str, Type | Callable[[], Type]] = {}
        if incoming is not None:
            own["input"] = lambda: self._carried(incoming, where)
        return Scope(scope, own) if own else _WithoutInput(scope)

    def output_scope(self) -> Scope:
        """What the output of the level finds."""
        return _WithoutInput(LevelScope(self.around, self, None, ALWAYS))

    def incoming(self, id: str) -> Edge | None:
        """The single edge, listed or else by reference, that leads to a node."""
        listed = self.level.listed_in.get(id)
        if listed is not None:
            return listed[0] if len(listed) == 1 else None
        implied = self.level.implied[id]
        return Edge(source=next(iter(implied)), target=id) if len(implied) == 1 else None

    def is_trigger(self, id: str) -> bool:
        """Whether a node starts executions instead of running in one."""
        facts = self.context.known(self.graph.nodes[id].type)
        return facts is not None and facts.kind == "trigger"

    def may_be_skipped(self, id: str, where: Condition) -> bool:
        """Whether a node's output may be null where ``where`` holds."""
        node = self.graph.nodes[id]
        if node.disabled or node.run_if not in (None, True) or node.on_error is OnError.CONTINUE:
            return True
        return self.presence is not None and not self.presence.surely_one([id], where)

    def one_surely_ran(self, ids: Iterable[str], where: Condition) -> bool:
        """Whether at least one of these nodes gave something wherever ``where`` holds."""
        plain = [id for id in ids if not self.may_be_skipped(id, self._reached(id))]
        return bool(plain) and (self.presence is None or self.presence.surely_one(plain, where))

    def early(self, id: str) -> frozenset[str]:
        """Nodes that ``id`` does not wait for although it refers to them: those behind an edge that came too late."""
        listed = self.level.listed_in.get(id, ())
        if self.graph.nodes[id].join is not Join.FIRST or len(listed) < 2:
            return frozenset()
        behind = [self.level.upstream(edge.source) | {edge.source} for edge in listed]
        return frozenset[str]().union(*behind) - frozenset[str].intersection(*map(frozenset, behind))

    def one_came_first(self, ids: Iterable[str], viewer: str) -> bool:
        """Whether, whichever edge of a node with ``join: first`` carried, one of these nodes lies behind it."""
        plain = [id for id in ids if not self.may_be_skipped(id, self._reached(id))]
        return all(self._gave(plain, edge) for edge in self.level.listed_in[viewer])

    def _gave(self, ids: list[str], edge: Edge) -> bool:
        behind = self.level.upstream(edge.source) | {edge.source}
        here = [id for id in ids if id in behind]
        return bool(here) and (self.presence is None or self.presence.surely_one(here, self.presence.carries(edge)))

    def _reached(self, id: str) -> Condition:
        return self.presence.reached[id] if self.presence else None

    def type_of(self, id: str, where: Condition) -> Type:
        """The type of a node's output where ``where`` holds, when it ran."""
        node = self.graph.nodes[id]
        if node.on_error is OnError.ROUTE:
            failed = self._surely_failed(id, where)
            if failed is None:
                return ANY
            if failed:
                return object_of({"error": ANY}, open=False)
        return node_type(self.context, node, self.spot.child(id))

    def _surely_failed(self, id: str, where: Condition) -> bool | None:
        """Whether a node that routes its error has surely failed, surely succeeded, or either (None)."""
        if where is None:
            return None
        ways = {next((port for node, port in taken if node == id), None) for taken in where}
        if ways == {ERROR_PORT}:
            return True
        return None if ERROR_PORT in ways or None in ways else False

    def _carried(self, edge: Edge, where: Condition) -> Type:
        facts = self.context.known(self.graph.nodes[edge.source].type)
        if facts is None or facts.passes_input:
            return ANY
        found = self.type_of(edge.source, where)
        fields = fields_of(found)
        if edge.port is not None and fields is not None and edge.port != ERROR_PORT:
            return fields.get(edge.port, found)
        return found

    def _leaves_once(self, id: str) -> bool:
        facts = self.context.known(self.graph.nodes[id].type)
        if facts is None:
            return False
        return facts.passes_input or facts.kind == "control" or not (facts.ports or facts.open_ports)


class _WithoutInput(Scope):
    """``input`` belongs to one node; neither its neighbours nor the nodes inside it see it."""

    def __init__(self, around: Scope) -> None:
        super().__init__(around, {})

    def find(self, name: str) -> Type | None:
        return None if name == "input" else super().find(name)

    def names(self) -> Iterator[str]:
        return (name for name in super().names() if name != "input")


def inside(scope: Scope, own: Mapping[str, Type]) -> Scope:
    """The scope of a body: that of its container without ``input``, with the names that the container gives."""
    return Scope(_WithoutInput(scope), own)


def node_type(context: Context, node: Node, spot: Spot) -> Type:
    """The type of what a node gives when it runs."""
    if not context.types or any(other.type != node.type for other in node.fallback):
        return ANY
    facts = context.known(node.type)
    if facts is None:
        return ANY
    declared = context.output_type(node)
    if facts.kind == "control":
        declared = _control_type(context, node, spot, declared)
    if node.each is None:
        return declared
    return object_of({"results": list_of(optional(declared)), "errors": list_of(ANY)}, open=False)


def _control_type(context: Context, node: Node, spot: Spot, declared: Type) -> Type:
    """The output of a container with the types of what its bodies give."""
    facts = context.known(node.type)
    fields = fields_of(declared)
    if facts is None or fields is None:
        return declared
    given = {name: context.body_types.get((spot.node or "", name), ANY) for name, _body in bodies(node)}
    if facts.executor == "map" and "results" in fields and "body" in given:
        whole = node.params.get("on_item_error", "fail") == "fail"
        result = given["body"] if whole else optional(given["body"])
        return object_of({**fields, "results": list_of(result)}, open=False)
    return declared
