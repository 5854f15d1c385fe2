"""Types of paths, operators and displays, and the problems found on the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studio.domain.errors import ExpressionError
from studio.domain.values import FileRef, TableRef
from studio.expressions._habits import METHODS
from studio.expressions._nodes import Arith, Comp, Const, DictOf, Item, Node, Slice, Unary
from studio.expressions._values import OPAQUE, near
from studio.expressions.types import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FILE,
    FLOAT,
    INT,
    NULL,
    NUMBERS,
    STR,
    TABLE,
    DictType,
    ListType,
    ObjectType,
    Type,
    may_be_null,
    options_of,
    union,
    without_null,
)

if TYPE_CHECKING:
    from studio.expressions._check import Checker

_TIMES = frozenset({DATE, DATETIME})
_ATTRIBUTES: dict[Type, frozenset[str]] = {
    FILE: OPAQUE[FileRef],
    TABLE: OPAQUE[TableRef],
    DATETIME: OPAQUE[datetime],
    DATE: OPAQUE[date],
    DURATION: OPAQUE[timedelta],
}


def key_type(checker: Checker, node: Node, of: Type, key: Any, written: str) -> Type:
    """The type of ``of[key]`` for a constant key; reports where no option of ``of`` has it."""
    found = [_option_key(option, key) for option in options_of(of)]
    known = [each for each in found if each is not None]
    if known:
        return union(*known)
    _report_key(checker, node, of, key, written)
    return ANY


def _option_key(option: Type, key: Any) -> Type | None:
    if option == ANY:
        return ANY
    if isinstance(option, ObjectType):
        if key in option.fields:
            return option.fields[key]
        return ANY if option.open else None
    if isinstance(option, DictType):
        return option.value
    if isinstance(option, ListType):
        return option.item if type(key) is int else None
    if option == STR:
        return STR if type(key) is int else None
    if key in _ATTRIBUTES.get(option, ()):
        if option == TABLE and key == "columns":
            return ListType(item=STR)
        return STR if option == FILE and key != "size" else FLOAT if option == DURATION else INT
    return None


def _report_key(checker: Checker, node: Node, of: Type, key: Any, written: str) -> None:
    start, end = node.start, node.end
    option = options_of(of)[0]
    if isinstance(option, ObjectType):
        close = near(str(key), option.fields)
        dashed = next((name for name in option.fields if name.startswith(f"{key}-")), None)
        if dashed is not None:
            error = ExpressionError(
                "expression.missing_key_dashed",
                "no key '{key}' in {path}. Write {path}['{dashed}'] for a key with a dash.",
                start=start, end=end, key=key, path=written, dashed=dashed,
            )  # fmt: skip
            checker.report(error, f"{written}['{dashed}']")
            return
        known = ", ".join(list(option.fields)[:12])
        error = ExpressionError(
            "expression.check.missing_key",
            "no key '{key}' in {path}; it has {known}",
            start=start, end=end, key=key, path=written, known=known or "none",
        )  # fmt: skip
        checker.report(error, close[0] if close else METHODS.get(str(key)))
        return
    if isinstance(option, ListType):
        error = ExpressionError(
            "expression.list_key",
            "{path} is a list; it has no '{key}'. Pick an item ({path}[0].{key}) or go through all of them: "
            "[x.{key} for x in {path}]",
            start=start, end=end, path=written, key=key,
        )  # fmt: skip
        checker.report(error, METHODS.get(str(key), f"{written}[0].{key}"))
        return
    error = ExpressionError(
        "expression.no_keys", "{path} is {kind}; it has no '{key}'.",
        start=start, end=end, path=written, kind=str(of), key=key,
    )  # fmt: skip
    checker.report(error, METHODS.get(str(key)))


def dynamic_item(checker: Checker, node: Item, of: Type, key: Type) -> Type:
    """The type of ``of[key]`` for a computed key."""
    found: list[Type] = []
    for option in options_of(without_null(of)):
        if isinstance(option, ListType):
            found.append(option.item)
        elif isinstance(option, DictType):
            found.append(option.value)
        elif isinstance(option, ObjectType):
            found.append(ANY if option.open or not option.fields else union(*option.fields.values()))
        elif option in (STR, ANY):
            found.append(option)
    if not found:
        checker.report(
            ExpressionError(
                "expression.check.no_items", "{kind} has no items.", start=node.start, end=node.end, kind=str(of)
            )
        )
    return union(*found) if found else ANY


def slice_type(checker: Checker, node: Slice, of: Type) -> Type:
    """The type of a slice."""
    fits = [option for option in options_of(without_null(of)) if option in (ANY, STR) or isinstance(option, ListType)]
    if not fits:
        checker.report(
            ExpressionError(
                "expression.slice_kind",
                "Only lists and texts can be cut, not {kind}.",
                start=node.start,
                end=node.end,
                kind=str(of),
            )
        )
    return union(*fits) if fits else ANY


def item_type(checker: Checker, of: Type, node: Node) -> Type:
    """The type of what a loop over a value gives."""
    found: list[Type] = []
    for option in options_of(of):
        if isinstance(option, ListType):
            found.append(option.item)
        elif option == ANY:
            found.append(ANY)
        elif option == STR or isinstance(option, DictType | ObjectType):
            found.append(STR)
    if not found:
        checker.report(
            ExpressionError(
                "expression.not_a_list",
                "A list is expected here, not {kind}.",
                start=node.start,
                end=node.end,
                kind=str(of),
            )
        )
    return union(*found) if found else ANY


def unary_type(checker: Checker, node: Unary, inner: Type) -> Type:
    """The type of a sign."""
    if inner == ANY or any(option in NUMBERS or option in (DURATION, ANY) for option in options_of(inner)):
        return INT if inner == BOOL else inner
    checker.report(
        ExpressionError(
            "expression.operand",
            "'{op}' does not take {kind}.",
            start=node.start,
            end=node.end,
            op=node.op,
            kind=str(inner),
        )
    )
    return ANY


def arith_type(checker: Checker, node: Arith, op: str, left: Type, right_node: Node, right: Type) -> Type:
    """The type of ``left op right``; reports where no pair of options fits."""
    found: list[Type] = []
    for a in options_of(left):
        for b in options_of(right):
            made = _pair(op, a, b)
            if made is not None:
                found.append(made)
    if found:
        return union(*found)
    suggestion = None
    if op == "+" and (STR in options_of(left) or STR in options_of(right)):
        suggestion = "f'...{value}...'"
    elif may_be_null(left) or may_be_null(right) or NULL in (left, right):
        suggestion = "default(value, 0)"
    checker.report(
        ExpressionError(
            "expression.operands",
            "'{op}' does not take {left} and {right}.",
            start=node.start,
            end=right_node.end,
            op=op,
            left=str(left),
            right=str(right),
        ),
        suggestion,
    )
    return ANY


def _pair(op: str, a: Type, b: Type) -> Type | None:
    if a == ANY or b == ANY:
        return ANY
    if a in NUMBERS and b in NUMBERS:
        if op == "/" or FLOAT in (a, b):
            return FLOAT if op not in ("<<", ">>", "&", "|", "^") else None
        return union(INT, FLOAT) if op == "**" else INT
    if op == "+":
        return _sum(a, b)
    if op == "-":
        return _difference(a, b)
    if op == "*":
        for x, y in ((a, b), (b, a)):
            if y in (INT, BOOL) and (x == STR or isinstance(x, ListType)):
                return x
            if x == DURATION and y in NUMBERS:
                return DURATION
    if op == "/" and a == DURATION and (b == DURATION or b in NUMBERS):
        return FLOAT if b == DURATION else DURATION
    return None


def _sum(a: Type, b: Type) -> Type | None:
    if a == STR and b == STR:
        return STR
    if isinstance(a, ListType) and isinstance(b, ListType):
        return ListType(item=union(a.item, b.item))
    for x, y in ((a, b), (b, a)):
        if y == DURATION and (x in _TIMES or x in (DURATION, STR)):
            return DATETIME if x == STR else x
    return None


def _difference(a: Type, b: Type) -> Type | None:
    if b == DURATION and (a in _TIMES or a in (DURATION, STR)):
        return DATETIME if a == STR else a
    if (a in _TIMES and (b in _TIMES or b == STR)) or (b in _TIMES and a == STR):
        return DURATION
    return None


def check_comparison(checker: Checker, node: Node, op: str, left: Type, right: Type) -> None:
    """Report a comparison that cannot work, or cannot ever be true."""
    if op in ("==", "!=", "is", "is not"):
        return
    pairs = [(a, b) for a in options_of(left) for b in options_of(right)]
    fits = any(_member(a, b) for a, b in pairs) if op in ("in", "not in") else any(_ordered(a, b) for a, b in pairs)
    if not fits:
        checker.report(
            ExpressionError(
                "expression.operands",
                "'{op}' does not take {left} and {right}.",
                start=node.start,
                end=node.end,
                op=op,
                left=str(left),
                right=str(right),
            )
        )


def _ordered(a: Type, b: Type) -> bool:
    if ANY in (a, b):
        return True
    if a in NUMBERS and b in NUMBERS:
        return True
    if isinstance(a, ListType) and isinstance(b, ListType):
        return True
    times = _TIMES | {STR}
    return (a in times and b in times) or (a == DURATION and b == DURATION)


def _member(a: Type, b: Type) -> bool:
    if b == STR:
        return a in (STR, ANY)
    return b == ANY or isinstance(b, ListType | DictType | ObjectType)


def object_type(checker: Checker, node: DictOf) -> Type:
    """The type of an object display."""
    fields: dict[str, Type] = {}
    is_open = False
    for key, value in node.pairs:
        kind = checker.infer(value)
        if key is None:
            merged_in = options_of(without_null(kind))[0]
            if isinstance(merged_in, ObjectType):
                fields.update(merged_in.fields)
            is_open = is_open or not isinstance(merged_in, ObjectType) or merged_in.open
        elif isinstance(key, Const) and isinstance(key.value, str):
            fields[key.value] = kind
        else:
            checker.infer(key)
            is_open = True
    return ObjectType(fields=fields, required=frozenset(fields), open=is_open)


def comprehension_type(node: Comp, element: Type) -> Type:
    """The type of a comprehension whose elements have this type."""
    return DictType(value=element) if node.kind == "dict" else ListType(item=element)
