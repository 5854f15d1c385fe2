"""A workflow prepared for running: one plan per workflow version, shared by all its executions.

Everything that can be decided once is decided here: which node waits for which, what a param needs evaluated, which
validator and which way of running a node takes. The hot path only follows the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from studio.domain.durations import parse_duration
from studio.domain.status import Effect, Join, OnError
from studio.domain.workflow import Edge, Graph, Node, RetryPolicy, Settings, SlotNode, Workflow
from studio.engine.outputs import Finish, finisher, holds_any
from studio.engine.per_item import compile_per_item, roots_of
from studio.engine.pinning import migrated, versions_of
from studio.engine.steps import Step, prepare_output, prepare_step
from studio.expressions import Compiled, Expression, compile_value
from studio.sdk import BaseNode, ControlNode, TriggerNode, per_item_shape

_LATE = {"while": frozenset({"condition"})}
"""Params that an executor evaluates itself, by executor."""

DEFAULT, NAMED, ERROR = 0, 1, 2
"""Kinds of a listed edge: carries on success; carries where the node left by that port; carries the error."""

SEEDED = ("uuid", "random", "sample", "shuffle", "choice")
"""Words by which an expression may draw random values; finding one too many costs nothing but a hash."""


class Catalogue(Protocol):
    """What planning needs of the catalogue."""

    def load(self, type_id: str) -> BaseNode:
        """The one instance of a node type."""
        ...

    def is_apart(self, type_id: str) -> bool:
        """Whether the code of a node type runs in another process, so that its functions take a moment."""
        ...


class PlanNode:
    """A node of a level, ready to run.

    ``implied`` and ``dependents`` are the references in both directions, ``listed`` and ``out_edges`` the listed edges
    (other node, kind, port). With ``join: first``, ``early`` are the nodes referred to that are not waited for.
    ``static`` are the params as written where ``params`` is None. ``simple`` nodes are pure and run in place, by their
    ``step``. Where ``straight_on``, no listed edge has a say in what the node's end means.
    """

    __slots__ = (
        "accepts_items",
        "any_output",
        "body_plans",
        "credential",
        "dependents",
        "each",
        "each_compiled",
        "early",
        "effect",
        "executor",
        "fallbacks",
        "finish",
        "id",
        "impl",
        "implied",
        "index",
        "join",
        "listed",
        "names",
        "needs_input",
        "needs_names",
        "needs_now",
        "needs_seed",
        "on_error",
        "out_edges",
        "params",
        "per_item",
        "policy",
        "run",
        "run_if",
        "simple",
        "spec",
        "static",
        "step",
        "straight_on",
        "timeout",
        "type",
        "validate",
    )  # fmt: skip

    def __init__(self, index: int, id: str, spec: Node) -> None:
        self.index = index
        self.id = id
        self.spec = spec
        self.type = spec.type
        self.implied: list[int] = []
        self.listed: list[tuple[int, int, str | None]] = []
        self.dependents: list[int] = []
        self.early: list[int] = []
        self.out_edges: list[tuple[int, int, str | None]] = []
        self.body_plans: dict[str, Level] = {}
        self.join = spec.join
        self.on_error = spec.on_error
        self.fallbacks: list[PlanNode] = []
        self.impl: BaseNode
        self.executor: str | None
        self.run_if: Compiled | None
        self.each: Any
        self.each_compiled: Compiled | None
        self.effect: Effect
        self.credential: str | None
        self.timeout: float | None
        self.policy: RetryPolicy | None
        self.validate: Callable[[Any], Any]
        self.run: Callable[[Any, Any], Coroutine[Any, Any, Any]]
        self.accepts_items: set[str]
        self.any_output: bool
        self.finish: Finish
        self.per_item: dict[str, Any]
        self.params: Compiled | None
        self.static: dict[str, Any]
        self.names: set[str]
        self.needs_seed: bool
        self.needs_now: bool
        self.needs_input: bool
        self.needs_names: bool
        self.simple: bool
        self.step: Step
        self.straight_on: bool


class Level:
    """One graph of the workflow: its nodes in file order, who starts first, and what it gives."""

    __slots__ = (
        "give", "implied_counts", "index", "next", "nodes", "output", "output_static", "roots", "source_counts",
        "straight",
    )  # fmt: skip

    def __init__(self) -> None:
        self.nodes: list[PlanNode] = []
        self.index: dict[str, int] = {}
        self.output: Compiled | None = None
        self.output_static: Any = None
        self.give: Callable[[Mapping[str, Any]], Any]
        self.next: Compiled | None = None
        self.roots: list[int] = []
        self.source_counts: list[int] = []
        self.implied_counts: list[int] = []
        self.straight: list[PlanNode] | None = None


class Plan:
    """A planned workflow version."""

    __slots__ = ("grace", "hash", "name", "root", "settings", "timeout", "types", "workflow")

    def __init__(self, workflow: Workflow, hash: str, root: Level, types: dict[str, int]) -> None:
        self.workflow = workflow
        self.types = types
        self.hash = hash
        self.name = workflow.name
        self.root = root
        self.settings: Settings = workflow.settings
        self.grace = parse_duration(workflow.settings.grace)
        self.timeout = parse_duration(workflow.settings.timeout) if workflow.settings.timeout is not None else None


def plan_workflow(workflow: Workflow, hash: str, catalogue: Catalogue) -> Plan:
    """Plan a workflow that has passed validation."""
    root = plan_level(workflow, catalogue)
    budget = workflow.settings.budget
    counted = budget is not None and budget.node_runs is not None
    if counted or workflow.settings.acknowledge == "node":
        _one_by_one(root, counted)
    return Plan(workflow, hash, root, versions_of(workflow, catalogue))


def _one_by_one(level: Level, counted: bool) -> None:
    """Let no map run its items in one go, where nothing is committed and no node run counted in between.

    Where they are ``counted`` no node runs in place at all, since nothing is asked there.
    """
    level.straight = None
    for node in level.nodes:
        node.simple = node.simple and not counted
        for body in node.body_plans.values():
            _one_by_one(body, counted)


def plan_level(graph: Graph, catalogue: Catalogue) -> Level:
    """Plan one graph and, through its containers, those inside."""
    level = Level()
    for index, (id, spec) in enumerate(graph.nodes.items()):
        level.index[id] = index
        level.nodes.append(_plan_node(index, id, _with_wires(graph, id, spec), catalogue))
    for edge in graph.edges:
        _add_edge(level, edge)
    for node in level.nodes:
        for name in sorted(node.names):
            source = level.index.get(name)
            if source is not None and source != node.index:
                node.implied.append(source)
    for node in level.nodes:
        if node.join is Join.FIRST and len(node.listed) > 1:
            behind = _behind(level, [source for source, _kind, _port in node.listed])
            node.early = [source for source in node.implied if source in behind]
            node.implied = [source for source in node.implied if source not in behind]
    for node in level.nodes:
        for source in node.implied:
            level.nodes[source].dependents.append(node.index)
    for node in level.nodes:
        node.straight_on = not node.out_edges and not any(level.nodes[target].listed for target in node.dependents)
    level.source_counts = [len(node.implied) + len(node.listed) for node in level.nodes]
    level.implied_counts = [len(node.implied) for node in level.nodes]
    level.roots = [node.index for node in level.nodes if not node.listed and not node.implied]
    level.output = compile_value(graph.output)
    level.output_static = graph.output
    level.give = prepare_output(level.output, graph.output)
    level.next = compile_value(graph.next) if graph.next is not None else None
    level.straight = _straight(level)
    return level


def downstream(level: Level, names: Iterable[str]) -> set[str]:
    """The named nodes and everything that comes after them."""
    seen: set[str] = set()
    stack = [level.index[name] for name in names if name in level.index]
    while stack:
        node = level.nodes[stack.pop()]
        if node.id not in seen:
            seen.add(node.id)
            stack.extend(node.dependents)
            stack.extend(target for target, _kind, _port in node.out_edges)
    return seen


def _behind(level: Level, sources: list[int]) -> set[int]:
    """These nodes and all that they wait for: who runs after the first of them does not wait for the others."""
    seen: set[int] = set()
    ahead = list(sources)
    while ahead:
        index = ahead.pop()
        if index not in seen:
            seen.add(index)
            node = level.nodes[index]
            ahead += [*node.implied, *node.early, *(source for source, _kind, _port in node.listed)]
    return seen


def _with_wires(graph: Graph, id: str, spec: Node) -> Node:
    """Write the references of edges with a target param into the params that are not set."""
    wires = {e.param: e for e in graph.edges if e.target == id and e.param and e.param not in spec.params}
    if not wires:
        return spec
    written = {name: _wire(graph, edge) for name, edge in wires.items()}
    return spec.model_copy(update={"params": {**spec.params, **written}})


def _wire(graph: Graph, edge: Edge) -> str:
    return "{{ " + (f"{edge.source}.{edge.port}" if edge.port else edge.source) + " }}"


def _add_edge(level: Level, edge: Edge) -> None:
    source, target = level.nodes[level.index[edge.source]], level.nodes[level.index[edge.target]]
    kind = DEFAULT
    if edge.port == "error":
        kind = ERROR
    elif edge.port is not None and edge.port in source.impl.ports_of(source.spec.params):
        kind = NAMED
    target.listed.append((source.index, kind, edge.port))
    source.out_edges.append((target.index, kind, edge.port))


def _plan_node(index: int, id: str, spec: Node, catalogue: Catalogue) -> PlanNode:
    node = PlanNode(index, id, spec)
    impl = catalogue.load(spec.type)
    node.impl = impl
    if spec.version is not None and spec.version != impl.version:
        spec = spec.model_copy(update={"params": migrated(impl, spec.params, spec.version)})
        node.spec = spec
    if isinstance(impl, TriggerNode) or spec.run_if is False:
        # A trigger starts executions and never runs in one; a condition without an expression is decided here.
        spec = spec.model_copy(update={"disabled": True})
        node.spec = spec
    node.executor = impl.executor if isinstance(impl, ControlNode) else None
    node.run_if = compile_value(spec.run_if) if spec.run_if is not None else None
    node.each = spec.each
    node.each_compiled = compile_value(spec.each) if spec.each is not None else None
    node.effect = impl.effect
    aliases = spec.credential
    node.credential = next(iter(aliases.values()), None) if isinstance(aliases, dict) else aliases
    node.timeout = parse_duration(spec.timeout) if spec.timeout is not None else impl.timeout
    node.policy = retry_policy(spec, impl)
    _plan_params(node, spec.params, impl)
    for name in impl.bodies if isinstance(impl, ControlNode) else ():
        graph = {"body": spec.body, "catch": spec.catch, "finally": spec.finally_}[name]
        if graph is not None:
            node.body_plans[name] = plan_level(graph, catalogue)
    if spec.each is not None:
        inner = spec.model_copy(update={"each": None, "run_if": None, "on_error": OnError.FAIL, "disabled": False})
        node.body_plans["each"] = plan_level(Graph(nodes={id: inner}, output="{{ " + id + " }}"), catalogue)
    for name, slot in spec.slots.items():
        held = {one.id: Node(**_node_fields(one)) for one in (slot if isinstance(slot, list) else [slot])}
        node.body_plans[f"slot:{name}"] = plan_level(Graph(nodes=held), catalogue)
    for number, other in enumerate(spec.fallback):
        plain = Node(type=other.type, params=other.params, credential=other.credential, version=other.version)
        node.fallbacks.append(_plan_node(number, id, plain, catalogue))
    own = _own_names(node)
    node.names = own | _inner_names(node)
    node.needs_seed = _draws(node)
    node.needs_now = "now" in own
    node.needs_input = "input" in own
    node.needs_names = node.needs_seed or node.needs_now or node.needs_input
    node.step = prepare_step(node)
    node.simple = _is_simple(node, impl)
    return node


def _is_simple(node: PlanNode, impl: BaseNode) -> bool:
    spec = node.spec
    return (
        node.executor is None
        and impl.effect is Effect.PURE
        and impl.runs_in == "inline"
        and spec.run_if is None
        and spec.each is None
        and not spec.disabled
        and not spec.fallback
        and not spec.cache
        and not spec.slots
        and spec.on_error is OnError.FAIL
        and node.policy is None
        and node.timeout is None
        and impl.rate is None
        and not impl.batch_size
        and type(impl).run is not BaseNode.run
    )


def _node_fields(slot: SlotNode) -> dict[str, Any]:
    return {name: getattr(slot, name) for name in Node.model_fields if name in slot.model_fields_set}


def retry_policy(spec: Node, impl: BaseNode) -> RetryPolicy | None:
    """The policy that holds for a node; None where it is tried once."""
    retry = spec.retry
    if retry is None:
        return RetryPolicy(max_attempts=impl.retries) if impl.retries > 1 else None
    # In this order: true counts as 1 in Python, and means something else here.
    if isinstance(retry, bool):
        return RetryPolicy() if retry else None
    policy = RetryPolicy(max_attempts=retry) if isinstance(retry, int) else retry
    return policy if policy.max_attempts > 1 else None


class _TypeFacts:
    """What is the same for all nodes of a type."""

    __slots__ = ("accepts_items", "any_output", "finish", "shapes", "validate")

    def __init__(self, impl: BaseNode) -> None:
        model = impl.input_model
        self.validate = model.__pydantic_validator__.validate_python
        self.accepts_items: set[str] = set()
        self.shapes: dict[str, str] = {}
        for name, info in model.model_fields.items():
            alias = info.alias or name
            if any(type(meta).__name__ == "_ItemsKind" for meta in info.metadata):
                self.accepts_items.add(alias)
            shape = per_item_shape(info.annotation)
            if shape:
                self.shapes[alias] = shape
        self.any_output = holds_any(impl.output_model)
        self.finish = finisher(impl)


_FACTS: WeakKeyDictionary[BaseNode, _TypeFacts] = WeakKeyDictionary()


def _facts_of(impl: BaseNode) -> _TypeFacts:
    facts = _FACTS.get(impl)
    if facts is None:
        facts = _FACTS[impl] = _TypeFacts(impl)
    return facts


def _plan_params(node: PlanNode, params: Mapping[str, Any], impl: BaseNode) -> None:
    facts = _facts_of(impl)
    node.validate = facts.validate
    node.run = impl.run
    node.accepts_items = facts.accepts_items
    node.any_output = facts.any_output
    node.finish = facts.finish
    shapes, late = facts.shapes, _LATE.get(node.executor or "", frozenset())
    node.per_item = {name: compile_per_item(params[name], shape) for name, shape in shapes.items() if name in params}
    plain = {name: value for name, value in params.items() if name not in shapes and name not in late}
    node.params = compile_value(plain)
    node.static = plain


def _own_names(node: PlanNode) -> set[str]:
    """Names that the node's own expressions refer to."""
    names: set[str] = set()
    for compiled in (node.params, node.run_if, node.each_compiled):
        if compiled is not None:
            names |= compiled.roots
    for value in node.per_item.values():
        names |= roots_of(value)
    late = [node.spec.params[name] for name in _LATE.get(node.executor or "", ()) if name in node.spec.params]
    return names | _names(late)


def _draws(node: PlanNode) -> bool:
    """Whether an expression of the node may draw random values."""
    texts = [part.source for one in (node.params, node.run_if, node.each_compiled) if one for part in one.expressions]
    texts.extend(repr(value) for value in node.spec.params.values() if node.per_item or node.executor)
    return any(word in text for text in texts for word in SEEDED)


def _inner_names(node: PlanNode) -> set[str]:
    """Names that bodies, slots and fallbacks refer to, less what they define themselves."""
    names: set[str] = set()
    for level in node.body_plans.values():
        found = set(level.output.roots) if level.output is not None else set[str]()
        if level.next is not None:
            found |= level.next.roots
        for inner in level.nodes:
            found |= inner.names
        names |= found - set(level.index)
    for other in node.fallbacks:
        names |= other.names
    return names


def _names(values: Iterable[Any]) -> frozenset[str]:
    out: set[str] = set()
    for value in values:
        if value is not None and (compiled := compile_value(value)) is not None:
            out |= compiled.roots
    return frozenset(out)


def _in_line(node: PlanNode) -> bool:
    return node.simple and not node.listed and not node.impl.ports and not node.needs_input


def _straight(level: Level) -> list[PlanNode] | None:
    """The nodes in an order in which they can simply be run one after the other, None where that cannot be.

    Holds where every node is pure and in place, and no branch decides who runs.
    """
    if not level.nodes or any(not _in_line(node) for node in level.nodes):
        return None
    left = {node.index: len(node.implied) for node in level.nodes}
    ready = list(level.roots)
    order: list[PlanNode] = []
    while ready:
        node = level.nodes[ready.pop()]
        order.append(node)
        for target in node.dependents:
            left[target] -= 1
            if not left[target]:
                ready.append(target)
    return order if len(order) == len(level.nodes) else None


__all__ = [
    "DEFAULT",
    "ERROR",
    "NAMED",
    "Expression",
    "Join",
    "Level",
    "Plan",
    "PlanNode",
    "downstream",
    "plan_workflow",
]
