"""One node: its type, params, policies, slots and bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from studio.catalog import NodeFacts
from studio.domain.status import Effect, OnError
from studio.domain.workflow import SCOPE_NAMES, Graph, Node, SlotNode
from studio.expressions.types import ANY, BOOL, INT, Type
from studio.sdk import BaseNode
from studio.validation._context import Context
from studio.validation._expressions import check_tree, has_expression
from studio.validation._params import ParamCheck
from studio.validation._problems import Problem, nearest, problem, warning
from studio.validation._report import Spot
from studio.validation._scopes import Level, Scope, inside
from studio.validation._types import conflict, element_of, list_of, object_of
from studio.validation.analysis import ERROR_PORT, bodies, item_name, slot_nodes

_ARGUMENT_NAMES = ("always", "never")
_MOST_ATTEMPTS = 1000


class NodeCheck:
    """Checks a node and what is inside it. ``level`` is None for nodes in slots."""

    def __init__(self, context: Context, node: Node, spot: Spot, scope: Scope, level: Level | None) -> None:
        self.context = context
        self.node = node
        self.spot = spot
        self.scope = scope
        self.level = level
        self.param_types: dict[str, Type] = {}

    def check(self) -> None:
        """Report every problem of the node."""
        facts = self._type()
        impl = self._load(facts)
        if facts is not None and facts.kind == "trigger":
            self._trigger(facts, impl)
        else:
            self._params(impl)
            self._conditions()
            if self.node.inputs is not None:
                message = "only a trigger has `inputs`; what a node takes stands under `params`"
                self._add(problem("workflow.inputs_misplaced", message), "inputs", at_key=True)
        self._fallbacks()
        self._credential(facts)
        if facts is not None:
            self._policies(facts, impl)
            self._slots(facts)
            self._bodies(facts)

    def _add(self, found: Problem, *keys: str | int, at_key: bool = False, suggestion: str | None = None) -> None:
        self.context.report.add(found, self.spot, *keys, at_key=at_key, suggestion=suggestion)

    # The type

    def _type(self) -> NodeFacts | None:
        return self._known(self.node.type, self.node.version, ())

    def _known(self, type_id: str, version: int | None, at: tuple[str | int, ...]) -> NodeFacts | None:
        """Facts of a type that is used at ``at``; reports where it cannot be used."""
        facts = self.context.facts(type_id)
        if isinstance(facts, Problem):
            if facts.code in ("workflow.unknown_type", "workflow.unknown_type_near"):
                facts = problem("workflow.unknown_type", "unknown node type `{type}`", type=type_id)
                self._add(facts, *at, "type", suggestion=self.context.catalog.suggest(type_id))
            else:
                self._add(facts, *at, "type")
            return None
        if facts.missing:
            message = "`{type}` needs {modules}; install it with: {command}"
            modules = ", ".join(facts.missing)
            what = problem(
                "workflow.missing_requirement", message, type=type_id, modules=modules, command=facts.install
            )
            self._add(what, *at, "type")
        if version is not None and not 1 <= version <= facts.version:
            message = "`{type}` has version {known}; this node asks for {version}"
            what = problem("workflow.type_version", message, type=type_id, known=facts.version, version=version)
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
        scope = Scope(self.scope, {"item": ANY, "index": INT}) if self.node.each is not None else self.scope
        check.scope = scope
        self.param_types = check.check(_migrated(self.node, impl), self.node, impl, wired)

    def _id(self) -> str:
        return str(self.spot.path[-1])

    def _conditions(self) -> None:
        run_if, each = self.node.run_if, self.node.each
        if run_if is not None:
            given = check_tree(self.context, run_if, self.scope, self.spot, ("run_if",))
            if isinstance(run_if, bool):
                pass
            elif not has_expression(run_if) or conflict(BOOL, given):
                message = "`run_if` must give true or false; write a comparison such as `{{ x > 0 }}`"
                self._add(problem("workflow.run_if_type", message), "run_if")
        if each is not None:
            given = check_tree(self.context, each, self.scope, self.spot, ("each",))
            literal = not has_expression(each)
            if (literal and not isinstance(each, list)) or (not literal and conflict(list_of(ANY), given)):
                self._add(problem("workflow.each_type", "`each` must give a list"), "each")

    def _fallbacks(self) -> None:
        for index, other in enumerate(self.node.fallback):
            at = ("fallback", index)
            facts = self._known(other.type, other.version, at)
            check = ParamCheck(self.context, self.spot, (*at, "params"), self.scope, self.scope)
            impl = self.context.load(other.type) if facts is not None and not facts.missing else None
            if facts is not None and facts.kind != "node":
                message = "`{type}` cannot be a fallback, for it is executed by the engine"
                self._add(problem("workflow.fallback_kind", message, type=other.type), *at, "type")
            if isinstance(impl, BaseNode):
                plain = Node(type=other.type, params=other.params, version=other.version)
                check.check(_migrated(plain, impl), plain, impl, {})
            else:
                check.names_only(other.params)

    def _credential(self, facts: NodeFacts | None) -> None:
        credential = self.node.credential
        aliases = [((), credential)] if isinstance(credential, str) else list((credential or {}).items())
        for key, alias in aliases:
            if "{{" in alias:
                message = "a credential is named by its alias; it cannot be an expression"
                self._add(problem("workflow.credential_expression", message), "credential", *((key,) if key else ()))
        if credential is not None and facts is not None and not facts.credentials:
            message = "`{type}` takes no credential"
            self._add(warning("workflow.credential_unused", message, type=facts.type), "credential", at_key=True)

    # Policies

    def _policies(self, facts: NodeFacts, impl: BaseNode | None) -> None:
        node = self.node
        effect = self._effect(facts, impl)
        retries = node.retry is True or (node.retry is not None and node.retry is not False and node.retry != 1)
        if retries and effect is Effect.IRREVERSIBLE:
            message = "`{type}` is irreversible: a retry repeats its effect only where it surely did not happen"
            self._add(warning("workflow.retry_irreversible", message, type=facts.type), "retry", at_key=True)
        if isinstance(node.retry, int) and not isinstance(node.retry, bool) and not 1 <= node.retry <= _MOST_ATTEMPTS:
            message = "`retry` is the number of attempts, 1 to {limit}"
            self._add(problem("workflow.retry_count", message, limit=_MOST_ATTEMPTS), "retry")
        if node.cache and facts.effect is not Effect.PURE and effect is not Effect.PURE:
            message = "only a pure node can be cached; `{type}` is {effect}"
            what = problem("workflow.cache_effect", message, type=facts.type, effect=str(effect or facts.effect))
            self._add(what, "cache", at_key=True)
        if self.level is not None and node.on_error is OnError.ROUTE:
            edges = self.level.level.listed_out.get(self._id(), [])
            if not any(edge.port == ERROR_PORT for edge in edges):
                message = "errors are routed, but no edge leaves by `{node}.error`, so they vanish"
                self._add(warning("workflow.route_without_edge", message, node=self._id()), "on_error")

    def _effect(self, facts: NodeFacts, impl: BaseNode | None) -> Effect | None:
        """The effect for these params, None where only the run can tell."""
        if not facts.effect_varies:
            return facts.effect
        if impl is None or has_expression(self.node.params):
            return None
        try:
            return impl.effect_of(impl.input_model.model_validate(self.node.params))
        except (ValueError, TypeError, LookupError, AttributeError):
            # Params that do not fit are reported by themselves.
            return None

    # Triggers

    def _trigger(self, facts: NodeFacts, impl: BaseNode | None) -> None:
        if self.level is None or self.spot.node != self._id():
            self._add(problem("workflow.trigger_inside", "a trigger stands at the top level of the workflow"), "type")
        for name in ("each", "run_if"):
            if getattr(self.node, name) is not None:
                self._add(
                    problem("workflow.trigger_setting", "a trigger takes no `{key}`", key=name), name, at_key=True
                )
        known = {name: self.scope.find(name) or ANY for name in ("vars", "workflow", "now")}
        check = ParamCheck(self.context, self.spot, ("params",), Scope(None, known), Scope(None, known))
        if impl is None:
            check.names_only(self.node.params)
        else:
            check.check(_migrated(self.node, impl), self.node, impl, {})
        event = self.context.output_type(self.node)
        given = self.node.inputs
        if given is not None:
            check_tree(self.context, given, Scope(None, {**known, "event": event}), self.spot, ("inputs",))
        self._trigger_inputs(given)

    def _trigger_inputs(self, given: Any) -> None:
        from studio.validation.inputs import is_required

        declared = self.context.workflow.inputs
        required = [name for name, schema in declared.items() if is_required(schema)]
        if given is None:
            if required:
                message = "the trigger gives no `inputs`, but the workflow needs {names}"
                names = ", ".join(f"`{name}`" for name in required)
                self._add(problem("workflow.trigger_inputs", message, names=names), at_key=True)
            return
        if not isinstance(given, dict):
            if not has_expression(given):
                self._add(problem("workflow.trigger_inputs_type", "`inputs` is a mapping or an expression"), "inputs")
            return
        check_input_names(self.context, self.spot, ("inputs",), cast("dict[str, Any]", given), declared, required)

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
                message = "the slot `{slot}` of `{type}` needs a node"
                self._add(problem("workflow.slot_empty", message, slot=slot.name, type=facts.type), at_key=True)
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
        check = NodeCheck(self.context, sitting, spot, scope, None)
        check.check()
        approval = sitting.approval
        if approval is not None:
            check_tree(self.context, approval, scope, spot, ("approval",))
            if not has_expression(approval) and approval not in _ARGUMENT_NAMES and not isinstance(approval, bool):
                message = "`approval` is `always`, `never` or an expression"
                check._add(problem("workflow.approval", message), "approval")

    def _bodies(self, facts: NodeFacts) -> None:
        from studio.validation._levels import check_level

        present = dict(bodies(self.node))
        for name in present:
            if name not in facts.bodies:
                message = "`{type}` has no `{body}`"
                what = problem("workflow.unknown_body", message, type=facts.type, body=name)
                self._add(what, name, at_key=True, suggestion=nearest(name, facts.bodies))
        if "body" in facts.bodies and "body" not in present:
            self._add(problem("workflow.missing_body", "`{type}` needs a `body`", type=facts.type), at_key=True)
        if "body" in present:
            self._item_name(present)
        for name, body in present.items():
            scope = inside(self.scope, self._given(facts, name))
            loops = facts.executor == "while" and name == "body"
            found = check_level(self.context, body, self.spot.body(name), scope, loops=loops)
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
            message = "`as: {name}` hides a node or another name in scope; choose another"
            self._add(problem("workflow.item_name", message, name=name), "params", "as")


def _migrated(node: Node, impl: BaseNode) -> Mapping[str, Any]:
    """The params as the present version of the node type wants them."""
    if node.version is None or not 1 <= node.version < impl.version:
        return node.params
    try:
        return impl.migrate(dict(node.params), node.version)
    except (ValueError, TypeError, LookupError, AttributeError):
        # Params that fit no version are reported as they stand.
        return node.params


def check_input_names(
    context: Context,
    spot: Spot,
    at: tuple[str | int, ...],
    given: Mapping[str, Any],
    declared: Mapping[str, Any],
    required: list[str],
) -> None:
    """Report inputs that the workflow does not have, and required ones that are not given."""
    for name in given:
        if name not in declared:
            what = problem("workflow.unknown_input", "the workflow has no input `{name}`", name=name)
            context.report.add(what, spot, *at, name, at_key=True, suggestion=nearest(name, declared))
    for name in required:
        if name not in given:
            message = "the input `{name}` of the workflow is not given"
            context.report.add(problem("workflow.missing_input", message, name=name), spot, *at, at_key=True)
