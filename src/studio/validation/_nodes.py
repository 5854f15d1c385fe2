"""One node: its type, params, policies, slots and bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from studio.catalog import NodeFacts
from studio.domain.workflow import SCOPE_NAMES, Graph, Node, SlotNode
from studio.expressions.types import ANY, BOOL, INT, Type
from studio.sdk import BaseNode
from studio.validation._context import Context
from studio.validation._expressions import check_tree, has_expression
from studio.validation._params import ParamCheck, migrated
from studio.validation._policies import check_policies
from studio.validation._positions import NO_NODE
from studio.validation._problems import Problem, nearest, problem, warning
from studio.validation._report import Spot
from studio.validation._scopes import Level, Scope, inside
from studio.validation._triggers import check_trigger
from studio.validation._types import conflict, element_of, list_of, object_of
from studio.validation.analysis import bodies, item_name, slot_nodes

_ARGUMENT_NAMES = ("always", "never")


class CheckLevel(Protocol):
    """Checks a graph at a spot and gives the type of its output."""

    def __call__(self, context: Context, graph: Graph, spot: Spot, around: Scope, *, loops: bool = False) -> Type:
        """``loops`` where the graph is the body of a while."""
        ...


class NodeCheck:
    """Checks a node and what is inside it.

    ``level`` is None for nodes in slots. ``check_level`` checks the graphs inside.
    """

    def __init__(
        self, context: Context, node: Node, spot: Spot, scope: Scope, level: Level | None, check_level: CheckLevel
    ) -> None:
        self.context = context
        self.node = node
        self.spot = spot
        self.scope = scope
        self.level = level
        self.check_level = check_level
        self.param_types: dict[str, Type] = {}

    def check(self) -> None:
        """Report every problem of the node."""
        facts = self._type()
        impl = self._load(facts)
        if facts is not None and facts.kind == "trigger":
            at_top = self.level is not None and self.spot.node == self._id()
            check_trigger(self.context, self.node, self.spot, self.scope, impl, at_top=at_top)
        else:
            self._params(impl)
            self._conditions()
            if self.node.inputs is not None:
                self._add(
                    problem(
                        "workflow.inputs_misplaced",
                        "only a trigger has `inputs`; what a node takes stands under `params`",
                    ),
                    "inputs",
                    at_key=True,
                )
        self._fallbacks()
        self._credential(facts)
        if facts is not None:
            edges = self.level.level.listed_out.get(self._id(), []) if self.level else None
            check_policies(self.context, self.node, self.spot, facts, impl, edges)
            self._slots(facts)
            self._bodies(facts)

    def _add(self, found: Problem, *keys: str | int, at_key: bool = False, suggestion: str | None = None) -> None:
        self.context.report.add(found, self.spot, *keys, at_key=at_key, suggestion=suggestion)

    # The type

    def _type(self) -> NodeFacts | None:
        return self._known(self.node.type, self.node.version, ())

    def _known(self, type_id: str, version: int | None, at: tuple[str | int, ...]) -> NodeFacts | None:
        """Facts of a type that is used at ``at``; reports where it cannot be used."""
        if type_id == NO_NODE:
            return None  # the reader has said already what is wrong with it
        facts = self.context.facts(type_id)
        if isinstance(facts, Problem):
            if facts.code in ("workflow.unknown_type", "workflow.unknown_type_near"):
                facts = problem("workflow.unknown_type", "unknown node type `{type}`", type=type_id)
                self._add(facts, *at, "type", suggestion=self.context.catalog.suggest(type_id))
            else:
                self._add(facts, *at, "type")
            return None
        if facts.missing:
            modules = ", ".join(facts.missing)
            what = problem(
                "workflow.missing_requirement",
                "`{type}` needs {modules}; install it with: {command}",
                type=type_id,
                modules=modules,
                command=facts.install,
            )
            self._add(what, *at, "type")
        if version is not None and not 1 <= version <= facts.version:
            what = problem(
                "workflow.type_version",
                "`{type}` has version {known}; this node asks for {version}",
                type=type_id,
                known=facts.version,
                version=version,
            )
            self._add(what, *at, "version")
        return facts

    def _load(self, facts: NodeFacts | None) -> BaseNode | None:
        if facts is None or facts.missing:
            return None
        impl = self.context.load(facts.type)
        if isinstance(impl, Problem):
            self._add(impl, "type")
            return None
        return impl

    # Params and expressions

    def _params(self, impl: BaseNode | None) -> None:
        wired = self.level.level.wired.get(self._id(), {}) if self.level else {}
        inner = Scope(self.scope, {"state": ANY, "index": INT})
        check = ParamCheck(self.context, self.spot, ("params",), self.scope, inner)
        if impl is None:
            check.names_only(self.node.params)
            return
        check.scope = self._run_scope()
        self.param_types = check.check(migrated(self.node, impl), self.node, impl, wired)

    def _run_scope(self) -> Scope:
        """What params find: with ``each`` also the item."""
        return Scope(self.scope, {"item": ANY, "index": INT}) if self.node.each is not None else self.scope

    def _id(self) -> str:
        return str(self.spot.path[-1])

    def _conditions(self) -> None:
        run_if, each = self.node.run_if, self.node.each
        if run_if is not None:
            given = check_tree(self.context, run_if, self.scope, self.spot, ("run_if",))
            if isinstance(run_if, bool):
                pass
            elif not has_expression(run_if) or conflict(BOOL, given):
                self._add(
                    problem(
                        "workflow.run_if_type",
                        "`run_if` must give true or false; write a comparison such as `{{ x > 0 }}`",
                    ),
                    "run_if",
                )
        if each is not None:
            given = check_tree(self.context, each, self.scope, self.spot, ("each",))
            literal = not has_expression(each)
            if (literal and not isinstance(each, list)) or (not literal and conflict(list_of(ANY), given)):
                self._add(problem("workflow.each_type", "`each` must give a list"), "each")

    def _fallbacks(self) -> None:
        for index, other in enumerate(self.node.fallback):
            at = ("fallback", index)
            facts = self._known(other.type, other.version, at)
            check = ParamCheck(self.context, self.spot, (*at, "params"), self._run_scope(), self.scope)
            impl = self.context.load(other.type) if facts is not None and not facts.missing else None
            if facts is not None and facts.kind != "node":
                self._add(
                    problem(
                        "workflow.fallback_kind",
                        "`{type}` cannot be a fallback, for it is executed by the engine",
                        type=other.type,
                    ),
                    *at,
                    "type",
                )
            if isinstance(impl, BaseNode):
                plain = Node(type=other.type, params=other.params, version=other.version)
                check.check(migrated(plain, impl), plain, impl, {})
            else:
                check.names_only(other.params)

    def _credential(self, facts: NodeFacts | None) -> None:
        credential = self.node.credential
        aliases = [((), credential)] if isinstance(credential, str) else list((credential or {}).items())
        for key, alias in aliases:
            if "{{" in alias:
                self._add(
                    problem(
                        "workflow.credential_expression",
                        "a credential is named by its alias; it cannot be an expression",
                    ),
                    "credential",
                    *((key,) if key else ()),
                )
        if credential is not None and facts is not None and not facts.credentials:
            self._add(
                warning("workflow.credential_unused", "`{type}` takes no credential", type=facts.type),
                "credential",
                at_key=True,
            )

    # Slots and bodies

    def _slots(self, facts: NodeFacts) -> None:
        known = {slot.name: slot for slot in facts.slots}
        for name, sitting in self.node.slots.items():
            slot = known.get(name)
            if slot is None:
                what = problem("workflow.unknown_slot", "`{type}` has no slot `{slot}`", type=facts.type, slot=name)
                self._add(what, "slots", name, at_key=True, suggestion=nearest(name, known))
            elif isinstance(sitting, list) and not slot.many:
                self._add(problem("workflow.slot_single", "the slot `{slot}` holds one node", slot=name), "slots", name)
        for slot in facts.slots:
            if slot.required and not self.node.slots.get(slot.name):
                self._add(
                    problem(
                        "workflow.slot_empty",
                        "the slot `{slot}` of `{type}` needs a node",
                        slot=slot.name,
                        type=facts.type,
                    ),
                    at_key=True,
                )
        for (name, index), sitting in slot_nodes(self.node):
            spot = self.spot.slot(name, index, sitting.id)
            kind = known[name].kind if name in known else ""
            self._slot_node(sitting, spot, kind)

    def _slot_node(self, sitting: SlotNode, spot: Spot, kind: str) -> None:
        own: dict[str, Type] = {}
        if sitting.args is not None or kind == "tool":
            own["args"] = object_of(dict.fromkeys(sitting.args or {}, ANY), open=not sitting.args)
        if kind == "notify":
            own["event"] = ANY
        scope = inside(self.scope, own)
        check = NodeCheck(self.context, sitting, spot, scope, None, self.check_level)
        check.check()
        approval = sitting.approval
        if approval is not None:
            check_tree(self.context, approval, scope, spot, ("approval",))
            if not has_expression(approval) and approval not in _ARGUMENT_NAMES and not isinstance(approval, bool):
                check._add(problem("workflow.approval", "`approval` is `always`, `never` or an expression"), "approval")

    def _bodies(self, facts: NodeFacts) -> None:
        present = dict(bodies(self.node))
        for name in present:
            if name not in facts.bodies:
                what = problem("workflow.unknown_body", "`{type}` has no `{body}`", type=facts.type, body=name)
                self._add(what, name, at_key=True, suggestion=nearest(name, facts.bodies))
        if "body" in facts.bodies and "body" not in present:
            self._add(problem("workflow.missing_body", "`{type}` needs a `body`", type=facts.type), at_key=True)
        if "body" in present:
            self._item_name(present)
        for name, body in present.items():
            scope = inside(self.scope, self._given(facts, name))
            loops = facts.executor == "while" and name == "body"
            found = self.check_level(self.context, body, self.spot.body(name), scope, loops=loops)
            self.context.body_types[(self.spot.node or "", name)] = found

    def _given(self, facts: NodeFacts, body: str) -> Mapping[str, Type]:
        """Names that the container gives to one of its bodies."""
        own: dict[str, Type] = {}
        for name in facts.scope_names:
            if name == "error" and body != "catch":
                continue
            if name == "item":
                own[item_name(self.node)] = element_of(self.param_types.get("items", ANY))
            else:
                own[name] = INT if name == "index" else ANY
        return own

    def _item_name(self, present: Mapping[str, Graph]) -> None:
        """The name given by ``as`` must hide nothing."""
        name = self.node.params.get("as")
        if not isinstance(name, str) or name == "item" or has_expression(name):
            return
        taken = name in present["body"].nodes or name in SCOPE_NAMES or self.scope.find(name) is not None
        if taken or name in self.context.declared:
            self._add(
                problem(
                    "workflow.item_name",
                    "`as: {name}` hides a node or another name in scope; choose another",
                    name=name,
                ),
                "params",
                "as",
            )
