"""Where an expression stands in a workflow: its level, the levels around, and what each of them gives names to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from studio.domain.errors import NotFound
from studio.domain.workflow import Graph, Node, Workflow
from studio.validation.analysis import bodies, item_name, slot_nodes

BODIES = ("body", "catch", "finally")
_SLOTS = "slots"


@dataclass(frozen=True, slots=True)
class Around:
    """A level: its graph, and the container (with its path) whose body it is; None for the workflow's own."""

    graph: Graph
    body: str = ""
    container: Node | None = None
    path: str = ""
    viewer: str = ""
    """The node of this level that leads to the place, "" where the level itself is the place."""

    @property
    def name(self) -> str:
        """What the container is called in its own level."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or a level where ``node`` is None. ``levels`` begin with the workflow's own.

    ``slots`` are the nodes that sit in slots on the way, each with the kind of place it sits in.
    """

    path: str
    node: Node | None
    levels: tuple[Around, ...]
    slots: tuple[tuple[str, Node], ...] = field(default=())

    @property
    def id(self) -> str:
        """The node's own id, "" for a level."""
        return "" if self.node is None else self.path.rpartition(".")[2]


def place_of(workflow: Workflow, path: str) -> Place:
    """The place that a path names: ``load``, ``places.body.place``; a level: "" or ``places.body``.

    Raises:
        NotFound: There is no such node or level.
    """
    words = path.split(".") if path else []
    levels: list[Around] = [Around(workflow)]
    slots: list[tuple[str, Node]] = []
    node: Node | None = None
    at = 0
    while at < len(words):
        graph = levels[-1].graph
        node = graph.nodes.get(words[at])
        if node is None:
            raise _nothing(path)
        at += 1
        levels[-1] = _seen_from(levels[-1], words[at - 1])
        node, at = _into_slots(node, words, at, slots, path)
        if at == len(words):
            break
        body = dict(bodies(node)).get(words[at])
        if words[at] not in BODIES or body is None:
            raise _nothing(path)
        at += 1
        levels.append(Around(body, words[at - 1], node, ".".join(words[: at - 1])))
        node = None
    return Place(path, node, tuple(levels), tuple(slots))


def _seen_from(level: Around, viewer: str) -> Around:
    return Around(level.graph, level.body, level.container, level.path, viewer)


def _into_slots(node: Node, words: list[str], at: int, slots: list[tuple[str, Node]], path: str) -> tuple[Node, int]:
    while at < len(words) and words[at] == _SLOTS:
        name, id = (*words[at + 1 : at + 3], "", "")[:2]
        found = next((one for (slot, _), one in slot_nodes(node) if slot == name and one.id == id), None)
        if found is None:
            raise _nothing(path)
        slots.append((name, found))
        node, at = found, at + 3
    return node, at


def _nothing(path: str) -> NotFound:
    return NotFound("execution.unknown_node", "The workflow has no node {node}.", node=path)


def node_paths(workflow: Workflow) -> Iterator[tuple[str, Node]]:
    """Every node of a workflow with its path, bodies included, slots left out."""
    waiting: list[tuple[str, Graph]] = [("", workflow)]
    while waiting:
        prefix, graph = waiting.pop()
        for id, node in graph.nodes.items():
            path = f"{prefix}{id}"
            yield path, node
            waiting += [(f"{path}.{name}.", body) for name, body in bodies(node)]


def own_names(executor: str | None, scope_names: tuple[str, ...], level: Around) -> Mapping[str, str]:
    """Names that a container gives to one of its bodies, each with what it is: ``item``, ``index``, ``state``, …"""
    found: dict[str, str] = {}
    for name in scope_names:
        if name == "error" and level.body != "catch":
            continue
        found[item_name(level.container) if name == "item" and level.container is not None else name] = name
    return found


def runtime_prefix(levels: tuple[Around, ...], numbers: list[int]) -> str:
    """The path at which nodes of the last of these levels run: ``places[3]/``. ``numbers`` from the outside in."""
    found = ""
    for level, number in zip(levels[1:], numbers, strict=True):
        key = level.body if level.container is not None and level.container.type == "flow.try" else str(number)
        found += f"{level.name}[{key}]/"
    return found
