"""What all checks of one workflow share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from studio.catalog import NodeFacts
from studio.domain.errors import StudioError
from studio.domain.workflow import Graph, Node, Workflow
from studio.expressions.types import ANY, Type, type_from_schema
from studio.sdk import BaseNode
from studio.validation._problems import Problem
from studio.validation._report import Report, Spot
from studio.validation.analysis import Catalogue, bodies, slot_nodes

ROOT = Spot(None, ())


@dataclass(frozen=True, slots=True)
class Declared:
    """Where a node id is declared, and the node's type.

    ``around`` are the containers it is in, ``slot_of`` the node whose slot it sits in.
    """

    spot: Spot
    type: str
    around: tuple[str, ...]
    slot_of: str | None = None


@dataclass(slots=True)
class Context:
    """The workflow being checked, and what was found out about it."""

    workflow: Workflow
    catalog: Catalogue
    report: Report
    types: bool
    declared: dict[str, list[Declared]] = field(default_factory=dict[str, list[Declared]])
    body_types: dict[tuple[str, str], Type] = field(default_factory=dict[tuple[str, str], Type])
    """Type of the output of a body, by path of its container and name."""
    _facts: dict[str, NodeFacts | Problem] = field(default_factory=dict[str, NodeFacts | Problem])
    _nodes: dict[str, BaseNode | Problem] = field(default_factory=dict[str, BaseNode | Problem])
    _inputs: dict[str, Type] = field(default_factory=dict[str, Type])
    _outputs: dict[str, Type] = field(default_factory=dict[str, Type])

    def facts(self, type_id: str) -> NodeFacts | Problem:
        """Facts of a node type, or why there are none."""
        if type_id not in self._facts:
            try:
                self._facts[type_id] = self.catalog.facts(type_id)
            except StudioError as error:
                self._facts[type_id] = _as_problem(error)
        return self._facts[type_id]

    def known(self, type_id: str) -> NodeFacts | None:
        """Facts of a node type, None where there are none."""
        facts = self.facts(type_id)
        return facts if isinstance(facts, NodeFacts) else None

    def load(self, type_id: str) -> BaseNode | Problem:
        """The node of a type, or why it cannot be had."""
        if type_id not in self._nodes:
            try:
                self._nodes[type_id] = self.catalog.load(type_id)
            except StudioError as error:
                self._nodes[type_id] = _as_problem(error)
        return self._nodes[type_id]

    def input_type(self, node: Node) -> Type:
        """Type of what the params must be, as one object."""
        return self._schema_type(node, self._inputs, "input_schema")

    def output_type(self, node: Node) -> Type:
        """Type of the output as the node type declares it."""
        return self._schema_type(node, self._outputs, "output_schema")

    def _schema_type(self, node: Node, cache: dict[str, Type], method: str) -> Type:
        impl = self.load(node.type)
        if isinstance(impl, Problem):
            return ANY
        fixed = getattr(type(impl), method).__func__ is getattr(BaseNode, method).__func__
        if fixed and node.type in cache:
            return cache[node.type]
        try:
            found = type_from_schema(getattr(impl, method)(node.params))
        except (StudioError, ValueError, TypeError, LookupError, AttributeError):
            # A schema computed from params that are still wrong; those are reported by themselves.
            return ANY
        if fixed:
            cache[node.type] = found
        return found


def _as_problem(error: StudioError) -> Problem:
    return Problem(code=error.code, template=error.template, arguments=error.arguments)


def every_node(workflow: Graph) -> Iterator[tuple[Node, str, Declared]]:
    """Every node of a workflow with its id: of all levels, bodies and slots."""
    waiting: list[tuple[Node, str, Declared]] = [
        (node, id, Declared(ROOT.child(id), node.type, ())) for id, node in reversed(workflow.nodes.items())
    ]
    while waiting:
        node, id, declared = waiting.pop()
        yield node, id, declared
        inner: list[tuple[Node, str, Declared]] = []
        for name, body in bodies(node):
            spot = declared.spot.body(name)
            inner += [
                (each, key, Declared(spot.child(key), each.type, (*declared.around, id)))
                for key, each in body.nodes.items()
            ]
        for (name, index), each in slot_nodes(node):
            spot = declared.spot.slot(name, index, each.id)
            inner.append((each, each.id, Declared(spot, each.type, declared.around, slot_of=id)))
        waiting.extend(reversed(inner))
