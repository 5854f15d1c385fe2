"""What one level of a workflow looks like as a graph: who waits for whom, in which order, and by which edges.

Pure and linear in nodes, edges and expressions; nothing here recurses over the graph.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from studio.catalog import NodeFacts
from studio.domain.errors import StudioError
from studio.domain.workflow import Edge, Graph, Node, SlotNode
from studio.expressions import compile_template, iter_templates
from studio.sdk import BaseNode

BODIES = ("body", "catch", "finally")
ERROR_PORT = "error"


class Catalogue(Protocol):
    """What validation asks of the catalogue."""

    def facts(self, type_id: str) -> NodeFacts:
        """Facts of a node type; raises ``StudioError`` where there is none."""
        ...

    def load(self, type_id: str) -> BaseNode:
        """The node of a type; raises ``StudioError`` where it cannot be had."""
        ...

    def suggest(self, type_id: str) -> str | None:
        """The type that was probably meant."""
        ...


@dataclass(frozen=True, slots=True)
class LevelGraph:
    """One level of a workflow.

    ``order`` is topological and otherwise as in the file; nodes that wait for a cycle come last. ``implied`` holds the
    nodes of this level that a node refers to, ``listed_in`` and ``listed_out`` the edges whose both ends exist.
    ``wired`` are the expressions that edges write into params that are not set. ``names`` are the root names that a
    node's expressions find outside itself, those of its bodies and slots included; ``output_names`` the same for what
    the level gives. ``ports`` are the declared output ports. ``cycles`` name their nodes in order.
    """

    order: tuple[str, ...]
    implied: dict[str, set[str]]
    listed_in: dict[str, list[Edge]]
    listed_out: dict[str, list[Edge]]
    wired: dict[str, dict[str, str]]
    names: dict[str, frozenset[str]]
    output_names: frozenset[str]
    ports: dict[str, frozenset[str]]
    cycles: tuple[tuple[str, ...], ...]

    def waits_for(self, node: str) -> Iterator[str]:
        """The nodes that ``node`` directly waits for, some perhaps twice."""
        yield from self.implied[node]
        for edge in self.listed_in.get(node, ()):
            yield edge.source

    def upstream(self, node: str) -> set[str]:
        """Every node that comes before ``node``."""
        found: set[str] = set()
        ahead = [node]
        while ahead:
            for source in self.waits_for(ahead.pop()):
                if source not in found:
                    found.add(source)
                    ahead.append(source)
        return found


def analyse(graph: Graph, catalog: Catalogue) -> LevelGraph:
    """Analyse one level. Unknown node types have no ports, edges with an unknown end are left out."""
    ids = graph.nodes
    edges = [edge for edge in graph.edges if edge.source in ids and edge.target in ids]
    listed_in: dict[str, list[Edge]] = {}
    listed_out: dict[str, list[Edge]] = {}
    for edge in edges:
        listed_in.setdefault(edge.target, []).append(edge)
        listed_out.setdefault(edge.source, []).append(edge)
    ports = {id: ports_of(node, catalog) for id, node in ids.items()}
    wired = _wired(graph, edges, ports)
    names = {id: node_names(node, wired.get(id)) for id, node in ids.items()}
    output_names = roots(graph.output) | roots(graph.next)
    waits = {id: {name for name in names[id] if name in ids} for id in ids}
    implied = {id: sources - {id} if id in sources else set(sources) for id, sources in waits.items()}
    for edge in edges:
        waits[edge.target].add(edge.source)
    order, rest = _sort(waits)
    cycles = tuple(_cycles(rest, waits)) if rest else ()
    return LevelGraph((*order, *rest), implied, listed_in, listed_out, wired, names, output_names, ports, cycles)


def roots(value: Any) -> frozenset[str]:
    """The names that the expressions in a value take from their scope; broken ones have none."""
    if value is None or isinstance(value, bool | int | float):
        return frozenset()
    found: list[frozenset[str]] = []
    try:
        for _path, text in iter_templates(value):
            try:
                found.append(compile_template(text).roots)
            except StudioError:
                continue
    except StudioError:
        return frozenset()
    return found[0] if len(found) == 1 else frozenset[str]().union(*found)


def node_names(node: Node, wired: Mapping[str, str] | None = None) -> frozenset[str]:
    """The root names that a node finds outside itself: its own, and those its bodies and slots do not define."""
    found = set(_own_names(node))
    if wired:
        found.update(*(roots(text) for text in wired.values()))
    for _name, body in bodies(node):
        found |= _body_names(body) - {item_name(node)}
    for _slot, sitting in slot_nodes(node):
        found |= node_names(sitting) - {"args", "event"}
    return frozenset(found)


def _own_names(node: Node) -> frozenset[str]:
    found = roots(node.params) if node.params else frozenset[str]()
    if node.run_if is None and node.each is None and node.inputs is None and not node.fallback:
        return found
    extra: list[Any] = [node.run_if, node.each, *(other.params for other in node.fallback)]
    found = found.union(*(roots(value) for value in extra), roots(node.inputs) - {"event"})
    return found - {"item", "index"} if node.each is not None else found


def _body_names(body: Graph) -> set[str]:
    found = set(roots(body.output) | roots(body.next))
    for node in body.nodes.values():
        found |= node_names(node)
    return found - set(body.nodes)


def bodies(node: Node) -> Iterator[tuple[str, Graph]]:
    """The graphs inside a node, by name."""
    if node.body is not None:
        yield "body", node.body
    if node.catch is not None:
        yield "catch", node.catch
    if node.finally_ is not None:
        yield "finally", node.finally_


def slot_nodes(node: Node) -> Iterator[tuple[tuple[str, int | None], SlotNode]]:
    """The nodes in a node's slots with slot name and, where the slot holds a list, position."""
    for name, sitting in node.slots.items():
        if isinstance(sitting, list):
            for index, one in enumerate(sitting):
                yield (name, index), one
        else:
            yield (name, None), sitting


def item_name(node: Node) -> str:
    """What the item is called inside a container."""
    name = node.params.get("as", "item")
    return name if isinstance(name, str) else "item"


def ports_of(node: Node, catalog: Catalogue) -> frozenset[str]:
    """The declared output ports for the node's params, empty where there is only the default one."""
    try:
        facts = catalog.facts(node.type)
        if not facts.open_ports:
            return frozenset(facts.ports)
        return frozenset(catalog.load(node.type).ports_of(node.params))
    except (StudioError, ValueError, TypeError, LookupError, AttributeError):
        # Params that are still wrong may make a node's own function fail; they are reported elsewhere.
        return frozenset()


def reference(edge: Edge) -> str:
    """The expression that an edge writes into its param."""
    return "{{ " + (f"{edge.source}.{edge.port}" if edge.port else edge.source) + " }}"


def _wired(graph: Graph, edges: Iterable[Edge], ports: Mapping[str, frozenset[str]]) -> dict[str, dict[str, str]]:
    wired: dict[str, dict[str, str]] = {}
    for edge in edges:
        param = edge.param
        if param is None or param in graph.nodes[edge.target].params or edge.port in ports[edge.source]:
            continue
        wired.setdefault(edge.target, {}).setdefault(param, reference(edge))
    return wired


def _sort(waits: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """Nodes in topological order, and those that never become ready (Kahn's algorithm)."""
    left = {id: len(sources) for id, sources in waits.items()}
    followers: dict[str, list[str]] = {id: [] for id in waits}
    for id, sources in waits.items():
        for source in sources:
            followers[source].append(id)
    ready = deque(id for id, count in left.items() if not count)
    order: list[str] = []
    while ready:
        id = ready.popleft()
        order.append(id)
        for follower in followers[id]:
            left[follower] -= 1
            if not left[follower]:
                ready.append(follower)
    return order, [id for id, count in left.items() if count]


def _cycles(rest: list[str], waits: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """One cycle of each knot among the nodes that never become ready, in the direction of the data."""
    among = set(rest)
    done: set[str] = set()
    for start in rest:
        path: list[str] = []
        place: dict[str, int] = {}
        here = start
        while here not in done and here not in place:
            place[here] = len(path)
            path.append(here)
            here = min((source for source in waits[here] if source in among), key=_stable(waits, here))
        if here in place:
            yield tuple(reversed(path[place[here] :]))
        done.update(path)


def _stable(waits: Mapping[str, set[str]], here: str) -> Callable[[str], tuple[bool, bool, str]]:
    """Prefers a node that waits for itself, then for ``here`` in turn, then by name: short cycles, always the same."""
    return lambda source: (source != here, here not in waits[source], source)
