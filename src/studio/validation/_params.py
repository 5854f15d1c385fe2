"""Params of a node against the model of its type: literals in full, expressions by the type they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from studio.domain.errors import StudioError
from studio.domain.workflow import Node
from studio.expressions.types import ANY, Type
from studio.sdk import BaseNode, ControlNode, per_item_shape
from studio.validation._context import Context
from studio.validation._explain import explain
from studio.validation._expressions import check_tree, has_expression
from studio.validation._nested import misfits
from studio.validation._positions import Key
from studio.validation._problems import Problem, nearest, problem
from studio.validation._report import Spot
from studio.validation._scopes import Scope
from studio.validation._types import element_of, field_of

_MOST_NAMES = 12


class ParamCheck:
    """Checks the params of one node, or of one of its fallbacks.

    ``at`` are the keys that lead from the node to the params, ``inner`` are the names that the params evaluated inside
    a container find (the condition of a while).
    """

    def __init__(self, context: Context, spot: Spot, at: tuple[Key, ...], scope: Scope, inner: Scope) -> None:
        self.context = context
        self.spot = spot
        self.at = at
        self.scope = scope
        self.inner = inner

    def check(self, params: Mapping[str, Any], node: Node, impl: BaseNode, wired: Mapping[str, str]) -> dict[str, Type]:
        """Report what is wrong; gives the type of each param that is an expression."""
        fields = {info.alias or name: info for name, info in impl.input_model.model_fields.items()}
        expected = self.context.input_type(node) if self.context.types else ANY
        found: dict[str, Type] = {}
        literals: dict[str, Any] = {}
        dynamic = set(wired)
        late: list[str] = []
        for name, value in params.items():
            if name not in fields:
                self._unknown(name, fields, impl)
                self._expression(name, value)
            elif not has_expression(value):
                literals[name] = value
            elif per_item_shape(fields[name].annotation):
                dynamic.add(name)
                late.append(name)
            else:
                dynamic.add(name)
                found[name] = self._typed(name, value, field_of(expected, name), self._scope_for(name, impl))
        items = element_of(found.get("items", ANY))
        for name in late:
            self._typed(name, params[name], field_of(expected, name), _per_item(self.scope, items, params))
        self._literals(literals, dynamic, impl)
        return found

    def names_only(self, params: Mapping[str, Any]) -> None:
        """Check the expressions of params whose node type is unknown."""
        for name, value in params.items():
            self._expression(name, value, _Everything(self.scope))

    def _scope_for(self, name: str, impl: BaseNode) -> Scope:
        if name in getattr(impl, "raw_params", ()):
            return self.inner
        late = isinstance(impl, ControlNode) and impl.executor == "while" and name == "condition"
        return self.inner if late else self.scope

    def _expression(self, name: str, value: Any, scope: Scope | None = None) -> Type:
        return check_tree(self.context, value, scope or self.scope, self.spot, (*self.at, name))

    def _typed(self, name: str, value: Any, expected: Type, scope: Scope) -> Type:
        given = self._expression(name, value, scope)
        if self.context.types:
            for path, what, at_key in misfits(name, value, expected, given):
                self.context.report.add(what, self.spot, *self.at, name, *path, at_key=at_key)
        return given

    def _unknown(self, name: str, known: Mapping[str, Any], impl: BaseNode) -> None:
        near = nearest(name, known)
        if near is None and known:
            names = ", ".join(list(known)[:_MOST_NAMES]) + (", …" if len(known) > _MOST_NAMES else "")
            what = problem(
                "workflow.unknown_param_of",
                "`{type}` has no param `{param}`; it has {known}",
                type=impl.type,
                param=name,
                known=names,
            )
        else:
            what = problem("workflow.unknown_param", "`{type}` has no param `{param}`", type=impl.type, param=name)
        self.context.report.add(what, self.spot, *self.at, name, at_key=True, suggestion=near)

    def _literals(self, literals: dict[str, Any], dynamic: set[str], impl: BaseNode) -> None:
        """Validate what is written out; what is left to expressions counts as given."""
        try:
            impl.input_model.model_validate(literals)
        except ValidationError as error:
            for finding in explain(error, literals, impl.input_model):
                path = finding.path
                if not path and dynamic:
                    continue
                if len(path) == 1 and finding.problem.code == "workflow.missing_key":
                    if path[0] not in dynamic:
                        self._missing(str(path[0]), impl)
                    continue
                self.context.report.add(finding.problem, self.spot, *self.at, *path, at_key=finding.at_key)
        except StudioError as error:
            # The code of a private pack, which was stopped or cannot be asked.
            what = Problem(code=error.code, template=error.template, arguments=error.arguments)
            self.context.report.add(what, self.spot, at_key=True)

    def _missing(self, name: str, impl: BaseNode) -> None:
        what = problem(
            "workflow.missing_param", "the param `{param}` of `{type}` is missing", param=name, type=impl.type
        )
        self.context.report.add(what, self.spot, at_key=True)


class _Everything(Scope):
    """The names around, and any that an unknown node type may bring into scope."""

    def __init__(self, around: Scope) -> None:
        super().__init__(around, dict.fromkeys(("item", "index", "state", "acc"), ANY))


def migrated(node: Node, impl: BaseNode) -> Mapping[str, Any]:
    """The params as the present version of the node type wants them."""
    if node.version is None or not 1 <= node.version < impl.version:
        return node.params
    try:
        return impl.migrate(dict(node.params), node.version)
    except (StudioError, ValueError, TypeError, LookupError, AttributeError):
        # Params that fit no version are reported as they stand.
        return node.params


def _per_item(scope: Scope, item: Type, params: Mapping[str, Any]) -> Scope:
    name = params.get("as", "item")
    return Scope(scope, {name if isinstance(name, str) else "item": item, "index": ANY})
