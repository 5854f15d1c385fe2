"""Types of paths, operators and displays, and the problems found on the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studio.domain.errors import ExpressionError
from studio.domain.values import FileRef, TableRef
from studio.expressions._habits import METHODS
from studio.expressions._nodes import Comp, Const, DictOf, Item, Node, Slice
from studio.expressions._values import OPAQUE, near
from studio.expressions.types import (
    ANY,
    DATE,
    DATETIME,
    DURATION,
    FILE,
    FLOAT,
    INT,
    STR,
    TABLE,
    DictType,
    ListType,
    ObjectType,
    Type,
    options_of,
    shown_type,
    union,
    without_null,
)

if TYPE_CHECKING:
    from studio.expressions._check import Checker
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
            checker.report(error, f"{written}['{dashed}']", checker.missing_severity)
            return
        known = ", ".join(list(option.fields)[:12])
        error = ExpressionError(
            "expression.check.missing_key",
            "no key '{key}' in {path}; it has {known}",
            start=start, end=end, key=key, path=written, known=known or "none",
        )  # fmt: skip
        checker.report(error, close[0] if close else METHODS.get(str(key)), checker.missing_severity)
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
        start=start, end=end, path=written, kind=shown_type(of), key=key,
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
                "expression.check.no_items", "{kind} has no items.", start=node.start, end=node.end, kind=shown_type(of)
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
                kind=shown_type(of),
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
                kind=shown_type(of),
            )
        )
    return union(*found) if found else ANY


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
