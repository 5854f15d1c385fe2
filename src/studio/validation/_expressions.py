"""Expressions in the values of a workflow: syntax, names, keys and types, each at its exact place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from studio.domain.errors import ExpressionError
from studio.domain.workflow import SCOPE_NAMES
from studio.expressions import FUNCTION_NAMES, Expression, Template, check, compile_template
from studio.expressions.types import ANY, STR, ListType, Type, merged, type_of
from studio.validation._context import Context
from studio.validation._positions import Key
from studio.validation._problems import Problem, nearest, problem
from studio.validation._report import Spot
from studio.validation._scopes import Scope
from studio.validation._types import object_of

_MAY_BE_NULL = "expression.check.may_be_null"
_SECRETS = frozenset({"credential", "credentials", "secret", "secrets", "env", "environment", "password", "vault"})
_NOT_HERE = {
    "input": problem(
        "workflow.input_not_here",
        "`input` is what the single incoming edge carries; this node does not have exactly one",
    ),
    "item": problem(
        "workflow.item_not_here",
        "`item` is known inside `flow.map`, `flow.reduce`, `each` and params that are evaluated per item",
    ),
    "index": problem(
        "workflow.index_not_here",
        "`index` is known inside containers, `each` and params that are evaluated per item",
    ),
    "state": problem("workflow.state_not_here", "`state` is known inside `flow.while`"),
    "acc": problem("workflow.acc_not_here", "`acc` is known inside `flow.reduce`"),
    "error": problem(
        "workflow.error_not_here",
        "`error` is known in the `catch` of `flow.try`; for a routed error write `{{ node.error }}`",
    ),
    "args": problem("workflow.args_not_here", "`args` is known in a tool's node"),
    "event": problem("workflow.event_not_here", "`event` is known in the `inputs` of a trigger"),
}


def has_expression(value: Any) -> bool:
    """Whether a value holds ``{{`` anywhere."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            if "{{" in each:
                return True
        elif isinstance(each, dict):
            stack.extend(cast("dict[str, Any]", each).values())
        elif isinstance(each, list):
            stack.extend(cast("list[Any]", each))
    return False


def check_tree(context: Context, value: Any, scope: Scope, spot: Spot, keys: tuple[Key, ...]) -> Type:
    """Check every expression in a value that stands at ``keys`` below ``spot``; gives the type of the whole."""
    if isinstance(value, str):
        return _check_text(context, value, scope, spot, keys) if "{{" in value else STR
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        fields = {key: check_tree(context, each, scope, spot, (*keys, key)) for key, each in members}
        return object_of(fields, open=False)
    if isinstance(value, list):
        items = enumerate(cast("list[Any]", value))
        return ListType(item=merged([check_tree(context, each, scope, spot, (*keys, index)) for index, each in items]))
    return type_of(value)


def _check_text(context: Context, text: str, scope: Scope, spot: Spot, keys: tuple[Key, ...]) -> Type:
    try:
        template = compile_template(text)
    except ExpressionError as error:
        found = Problem(code=error.code, template=error.template, arguments=error.arguments)
        context.report.add(found, spot, *keys, start=error.start or 0, end=error.end)
        return ANY
    types = _names(context, template, scope, spot, keys)
    if not context.types:
        return ANY if template.whole is not None else STR
    given = ANY
    for expression in template.expressions:
        result = check(expression, types)
        given = result.type
        for each in result.problems:
            if each.code == _MAY_BE_NULL and _default_holds(expression, each.start, scope):
                continue
            severity = "warning" if each.severity == "warning" else "error"
            found = Problem(code=each.code, template=each.template, arguments=dict(each.arguments), severity=severity)
            context.report.add(found, spot, *keys, start=each.start, end=each.end, suggestion=each.suggestion)
    return given if template.whole is not None else STR


def _default_holds(expression: Expression, offset: int, scope: Scope) -> bool:
    """Whether ``offset`` is inside a ``default(...)`` of whose nodes one has always run.

    ``default(a.x, b.y)`` reads ``b`` only where ``a`` did not run; where that means that ``b`` did, all is well.
    """
    names = expression.free_names
    return any(
        start <= offset < end and scope.one_surely_ran({name.id for name in names if start <= name.start < end})
        for start, end in _default_calls(expression)
    )


_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\bdefault\s*\(|[()]""")


def _default_calls(expression: Expression) -> Iterator[tuple[int, int]]:
    """Start and end of every call of ``default``."""
    stack: list[int | None] = []
    for match in _TOKEN.finditer(expression.text, expression.offset, expression.end):
        written = match[0]
        if written == "(":
            stack.append(None)
        elif written[0] == "d":
            stack.append(match.start())
        elif written == ")" and stack:
            start = stack.pop()
            if start is not None:
                yield start, match.end()


def _names(context: Context, template: Template, scope: Scope, spot: Spot, keys: tuple[Key, ...]) -> Mapping[str, Type]:
    """Types of the names that a template reads; reports those that are not in scope."""
    types: dict[str, Type] = {}
    for expression in template.expressions:
        for name in expression.free_names:
            if name.id in types:
                continue
            found = scope.find(name.id)
            types[name.id] = ANY if found is None else found
            if found is None and name.id not in FUNCTION_NAMES:
                what, near = _dashed(expression, name.start) or _unknown(context, name.id, scope, spot)
                context.report.add(what, spot, *keys, start=name.start, end=name.end, suggestion=near)
    return types


_BEFORE_DASH = re.compile(r"([^\W\d]\w*(?:\.\w+)*)\.(\w+(?:-\w+)*)-\Z")
_WORDS = re.compile(r"\w+(?:-\w+)*")


def _dashed(expression: Expression, at: int) -> tuple[Problem, str | None] | None:
    """A key with a dash, such as ``headers.x-id``, which reads as a subtraction; None where it is something else."""
    before = _BEFORE_DASH.search(expression.text, expression.offset, at)
    after = _WORDS.match(expression.text, at)
    if before is None or after is None:
        return None
    what = problem("workflow.dashed_key", "`{name}` is not a name; a key with a dash stands in brackets", name=after[0])
    return what, f"{before[1]}['{before[2]}-{after[0]}']"


def _unknown(context: Context, name: str, scope: Scope, spot: Spot) -> tuple[Problem, str | None]:
    """Why a name is not in scope here."""
    if name in _NOT_HERE:
        return _NOT_HERE[name], None
    if name in SCOPE_NAMES:
        return problem("workflow.name_not_here", "`{name}` is not known here", name=name), None
    declared = context.declared.get(name)
    if declared:
        return _elsewhere(context, name, spot), None
    if name in _SECRETS:
        return problem(
            "workflow.name_secret",
            "expressions never see credentials or the environment; name a credential on the node instead",
        ), None
    near = nearest(name, scope.names()) or nearest(name, FUNCTION_NAMES)
    return problem("workflow.unknown_name", "`{name}` is neither a node here nor a name in scope", name=name), near


def _elsewhere(context: Context, name: str, spot: Spot) -> Problem:
    """Why a node that exists cannot be referred to from ``spot``."""
    declared = context.declared[name][0]
    here = spot.node or ""
    path = declared.spot.node or name
    if here == path:
        return problem("workflow.self_reference", "`{node}` refers to itself", node=name)
    if here.startswith(f"{path}."):
        return problem(
            "workflow.reference_container",
            "`{node}` is the container around; what it gives is not there yet",
            node=name,
        )
    if declared.slot_of is not None:
        return problem(
            "workflow.reference_slot",
            "`{node}` sits in a slot of `{owner}` and gives nothing to others",
            node=name,
            owner=declared.slot_of,
        )
    if declared.around:
        return problem(
            "workflow.reference_inside",
            "`{node}` is inside `{container}`; outside of it, refer to what `{container}` gives",
            node=name,
            container=declared.around[-1],
        )
    facts = context.known(declared.type)
    if facts is None or facts.kind != "trigger":
        return problem("workflow.reference_early", "`{node}` has not run yet where this is evaluated", node=name)
    return problem(
        "workflow.reference_trigger",
        "`{node}` is a trigger; refer to the workflow's `inputs`, which every trigger fills",
        node=name,
    )
