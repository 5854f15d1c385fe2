"""The names that an expression finds at one place of a workflow, with their types: for completion while it is written.

Only what leads to the place is looked at, and of what comes before it the types of outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from studio.domain.errors import NotFound, StudioError
from studio.domain.workflow import Graph, Node, Workflow
from studio.expressions.types import ANY, INT, Type
from studio.sdk import per_item_shape
from studio.validation._context import ROOT, Context
from studio.validation._document import base_scope, collect_ids
from studio.validation._expressions import check_tree
from studio.validation._levels import check_level
from studio.validation._positions import NOWHERE
from studio.validation._report import Report, Spot
from studio.validation._scopes import Level, Scope, inside
from studio.validation._types import element_of, object_of
from studio.validation.analysis import Catalogue, analyse, bodies, item_name, slot_nodes

IN_TRIGGERS = ("event", "vars", "workflow", "now")
"""Names that the expressions of a trigger find."""


class Known(NamedTuple):
    """A name in scope: the type of what it stands for, whether that may be null because a node did not run, and the
    path of the node where it is one.
    """

    name: str
    type: Type
    optional: bool = False
    node: str | None = None


def names_at(workflow: Workflow, catalog: Catalogue, path: str, *, per_item: Type | None = None) -> list[Known]:
    """The names in scope at a node (``load``, ``places.body.place``) or in the output of a level ("", ``places.body``).

    Args:
        workflow: The workflow, sound or not.
        catalog: Knows the node types.
        path: Of the node or level.
        per_item: Type of the items, where the param is evaluated for each of them.

    Raises:
        NotFound: There is no such node or level.
    """
    context = Context(workflow, catalog, Report(NOWHERE), True)
    collect_ids(context)
    walk = _Walk(context, path)
    scope = walk.scope(workflow, ROOT, base_scope(workflow), path.split(".") if path else [])
    if per_item is not None:
        scope = Scope(scope, {"item": per_item, "index": INT})
    found: dict[str, Known] = {}
    for name in scope.names():
        if name in found or name in walk.after:
            continue
        kind = scope.find(name)
        if kind is not None:
            found[name] = Known(name, kind, scope.may_be_skipped(name), walk.nodes.get(name))
    return list(found.values())


class _Walk:
    """From the workflow to the place. ``after`` are nodes that wait for it, ``nodes`` the paths of those in scope."""

    def __init__(self, context: Context, path: str) -> None:
        self.context = context
        self.path = path
        self.after: set[str] = set()
        self.nodes: dict[str, str] = {}

    def scope(self, graph: Graph, spot: Spot, around: Scope, words: list[str]) -> Scope:
        """What the place finds that these words lead to from a level."""
        analysed = analyse(graph, self.context.catalog)
        level = Level(self.context, graph, analysed, spot, around)
        self.nodes |= {id: f"{spot.node}.{id}" if spot.node else id for id in graph.nodes}
        if not words:
            self._bodies_before(graph, spot, around, level, set(graph.nodes))
            return level.output_scope()
        id, rest = words[0], words[1:]
        node = graph.nodes.get(id)
        if node is None:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=self.path)
        self.after |= {other for other in graph.nodes if id in analysed.upstream(other)} | {id}
        self._bodies_before(graph, spot, around, level, set(graph.nodes) - self.after)
        scope = level.scope_of(id)
        return self._in_node(node, spot.child(id), scope, rest)

    def _in_node(self, node: Node, spot: Spot, scope: Scope, words: list[str]) -> Scope:
        facts = self.context.known(node.type)
        if not words and facts is not None and facts.kind == "trigger":
            # No execution has begun: its expressions read what happened, and little else.
            own = {"event": self.context.output_type(node)}
            return Scope(None, own | {name: scope.find(name) or ANY for name in IN_TRIGGERS if name != "event"})
        if not words:
            return Scope(scope, {"item": ANY, "index": INT}) if node.each is not None else scope
        if words[0] == "slots" and len(words) > 2:
            for (name, index), sitting in slot_nodes(node):
                if (name, sitting.id) == (words[1], words[2]):
                    own = {"event": ANY} if name == "notify" else {"args": _arguments(sitting.args)}
                    return self._in_node(sitting, spot.slot(name, index, sitting.id), inside(scope, own), words[3:])
        body = dict(bodies(node)).get(words[0])
        if body is None:
            raise NotFound("execution.unknown_node", "The workflow has no node {node}.", node=self.path)
        given = inside(scope, self._given(node, spot, scope, words[0]))
        return self.scope(body, spot.body(words[0]), given, words[1:])

    def _given(self, node: Node, spot: Spot, scope: Scope, body: str) -> Mapping[str, Type]:
        """Names that a container gives to one of its bodies."""
        facts = self.context.known(node.type)
        own: dict[str, Type] = {}
        for name in facts.scope_names if facts is not None else ():
            if name == "error" and body != "catch":
                continue
            if name == "item":
                items = node.params.get("items")
                kind = ANY if items is None else check_tree(self.context, items, scope, spot, ("params", "items"))
                own[item_name(node)] = element_of(kind)
            else:
                own[name] = INT if name == "index" else ANY
        return own

    def _bodies_before(self, graph: Graph, spot: Spot, around: Scope, level: Level, wanted: set[str]) -> None:
        """Find out what the bodies of containers give, in the order in which they run."""
        for id in level.level.order:
            node = graph.nodes[id]
            if id not in wanted:
                continue
            for name, body in bodies(node):
                child = spot.child(id)
                scope = level.scope_of(id)
                given = inside(scope, self._given(node, child, scope, name))
                found = check_level(self.context, body, child.body(name), given)
                self.context.body_types[(child.node or "", name)] = found


def _arguments(args: Mapping[str, object] | None) -> Type:
    return object_of(dict.fromkeys(args or {}, ANY), open=not args)


def is_per_item(catalog: Catalogue, type_id: str, param: str) -> bool:
    """Whether a param of a node type (``where``, ``fields.total``) is evaluated for each item of a list."""
    try:
        fields = catalog.load(type_id).input_model.model_fields
    except StudioError:
        return False
    name = param.partition(".")[0]
    return any(
        (info.alias or key) == name and per_item_shape(info.annotation) is not None for key, info in fields.items()
    )
