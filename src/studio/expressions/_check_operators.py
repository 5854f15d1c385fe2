"""Types of operators, and the problems with their operands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.errors import ExpressionError
from studio.expressions._nodes import Arith, Node, Unary
from studio.expressions.types import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    NULL,
    NUMBERS,
    STR,
    DictType,
    ListType,
    ObjectType,
    Type,
    may_be_null,
    options_of,
    shown_type,
    union,
)

if TYPE_CHECKING:
    from studio.expressions._check import Checker

_TIMES = frozenset({DATE, DATETIME})


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
            kind=shown_type(inner),
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
            left=shown_type(left),
            right=shown_type(right),
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
                left=shown_type(left),
                right=shown_type(right),
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
