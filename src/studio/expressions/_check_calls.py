"""Types of calls, and the problems with their names and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.errors import ExpressionError
from studio.expressions._arguments import swapped
from studio.expressions._lookup import bind_arguments, find_function, find_methods
from studio.expressions._names import type_names
from studio.expressions._nodes import Call, Comp, Lambda, Name, Node
from studio.expressions._registry import FUNCTIONS, Function, Param
from studio.expressions.types import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    NULL,
    STR,
    DictType,
    ListType,
    ObjectType,
    Type,
    accepts,
    options_of,
    parse_type,
    shown_type,
    union,
    without_null,
)

if TYPE_CHECKING:
    from studio.expressions._check import Checker, ExpressionProblem

_LIST = union(ListType(), STR, DictType())
_TAKES: dict[str, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "list[Any]": _LIST,
    "dict[str, Any]": DictType(),
    "datetime": union(DATETIME, INT, FLOAT),
    "datetime | date": union(DATETIME, INT, FLOAT),
    "timedelta": DURATION,
}
_STRICT = frozenset({"str", "timedelta"})
"""Annotations for which no conversion takes place: a date is no text before it leaves the expression."""


def call_type(checker: Checker, node: Call) -> Type:
    """The type of a call; reports unknown names and arguments that cannot fit."""
    if node.receiver is not None:
        return _method_type(checker, node, node.receiver)
    try:
        function = find_function(node, checker.locals)
        bound = bind_arguments(function, node)
    except ExpressionError as error:
        _report_call(checker, node, error)
        return ANY
    if function.run is None:
        return _fallback_type(checker, node)
    return _result(checker, function, swapped(bound), None)


def _report_call(checker: Checker, node: Call, error: ExpressionError) -> None:
    arguments = error.arguments
    hint = arguments.get("instead") or str(arguments.get("near", "")).split(", ")[0] or arguments.get("signature")
    checker.report(error, hint or None)
    for argument in [*node.args, *(value for _, value in node.keywords)]:
        checker.infer(argument)


def _fallback_type(checker: Checker, node: Call) -> Type:
    found: list[Type] = []
    for argument in node.args[:-1] or node.args:
        with checker.tolerant():
            found.append(without_null(checker.infer(argument)))
    if len(node.args) > 1:
        found.append(checker.infer(node.args[-1]))
    kinds = [each for each in found if each != NULL] or [NULL]
    return union(*kinds)


def _method_type(checker: Checker, node: Call, receiver: Node) -> Type:
    names = {**checker.types, **checker.locals}
    of = ANY
    try:
        found = find_methods(node, receiver, names)
    except ExpressionError as error:
        _report_call(checker, node, error)
        return ANY
    of = without_null(checker.infer(receiver))
    attempts: list[tuple[Type, list[ExpressionProblem]]] = []
    problem: ExpressionError | None = None
    fits = False
    for owner, each in found.items():
        if not _belongs(of, owner):
            continue
        fits = True
        try:
            bound = bind_arguments(each, node)
        except ExpressionError as error:
            problem = error
            continue
        attempts.append(checker.attempt(lambda each=each, bound=bound: _result(checker, each, bound, of)))
    clean = [kind for kind, problems in attempts if not problems]
    if attempts and not clean:
        checker.add(attempts[0][1])
    made = clean or [kind for kind, _ in attempts]
    if not fits:
        owners = type_names(sorted(found))
        checker.report(
            ExpressionError(
                "expression.method_kind",
                "{name}() belongs to {owners}, not to {kind}.",
                start=node.name_start, end=node.name_end, name=node.name, owners=owners, kind=shown_type(of),
            )
        )  # fmt: skip
    elif not made and problem is not None:
        _report_call(checker, node, problem)
    return union(*made) if made else ANY


def _belongs(of: Type, owner: str) -> bool:
    wanted: dict[str, Type] = {
        "text": STR,
        "list": ListType(),
        "object": DictType(),
        "datetime": DATETIME,
        "date": DATE,
        "duration": DURATION,
    }
    for option in options_of(of):
        if option == ANY or option == wanted[owner]:
            return True
        if owner == "list" and isinstance(option, ListType):
            return True
        if owner == "object" and isinstance(option, DictType | ObjectType):
            return True
    return False


def _result(
    checker: Checker, function: Function, bound: list[tuple[Param, list[Node] | Node | None]], receiver: Type | None
) -> Type:
    """The type a function gives for its arguments, each checked against what the parameter takes."""
    first = receiver
    given: dict[int, Type] = {}
    lambdas: list[tuple[Param, Node]] = []
    nodes: dict[int, Node] = {}
    for place, (param, argument) in enumerate(bound):
        several = argument if isinstance(argument, list) else [argument] if argument is not None else []
        for each in several:
            if param.arity and isinstance(each, Lambda):
                lambdas.append((param, each))
            elif param.arity and isinstance(each, Name) and each.id in FUNCTIONS and each.id not in checker.locals:
                continue
            else:
                kind = _argument(checker, function, param, each)
                given[place] = kind
                nodes[place] = each
                if first is None and not param.arity:
                    first = kind
    takes_object = receiver is None and any(param.takes == "dict[str, Any]" for param, _ in bound)
    item = _value(first) if takes_object else _items(first if first is not None else ANY)
    made = ANY
    for param, each in lambdas:
        made = _lambda(checker, param, each, item)
    names = {
        "same": ListType(item=item),
        "item": item,
        "value": _value(first),
        "result": made,
        "same_time": DATETIME if first is None or STR in options_of(first) else first,
        "either": ANY,
    }
    return parse_type(function.returns, names)


def _argument(checker: Checker, function: Function, param: Param, node: Node) -> Type:
    if isinstance(node, Comp) and node.kind == "generator":
        return checker.infer(node)
    kind = checker.infer(node)
    takes = param.takes.removesuffix(" | None")
    wanted = _TAKES.get(takes)
    fits = wanted is None or (STR in options_of(kind) or kind == ANY if takes == "str" else accepts(wanted, kind))
    if takes in _STRICT and kind != ANY and wanted not in options_of(kind) and ANY not in options_of(kind):
        fits = False
    if not fits and not (kind == NULL and param.takes.endswith("| None")):
        checker.report(
            ExpressionError(
                "expression.argument",
                "{name} is {kind}; {expected} is expected.",
                start=node.start, end=node.end, name=param.name, kind=shown_type(kind),
                expected=shown_type(wanted or ANY),
            )
        )  # fmt: skip
    return kind


def _lambda(checker: Checker, param: Param, node: Node, item: Type) -> Type:
    if not isinstance(node, Lambda):
        return ANY
    kinds = [item] if len(node.params) == 1 else [ANY, item]
    with checker.variables(dict(zip(node.params, kinds, strict=False))):
        return checker.infer(node.body)


def _items(of: Type) -> Type:
    found: list[Type] = []
    for option in options_of(of):
        if isinstance(option, ListType):
            found.append(option.item)
        elif isinstance(option, DictType | ObjectType) or option == STR:
            found.append(STR)
    return union(*found) if found else ANY


def _value(of: Type | None) -> Type:
    found: list[Type] = []
    for option in options_of(of) if of is not None else ():
        if isinstance(option, DictType):
            found.append(option.value)
        elif isinstance(option, ObjectType) and not option.open and option.fields:
            found += option.fields.values()
    return union(*found) if found else ANY
