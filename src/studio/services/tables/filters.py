"""Conditions on rows: checked against the columns once, then asked of each row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from studio.domain.errors import UserError
from studio.services._collection import Kept
from studio.services.tables.cells import checked, moment
from studio.services.tables.model import SYSTEM, Column, DataTable, StoredRow
from studio.services.tables.names import column_of, folded

MOST_CONDITIONS = 100
DEEPEST = 8
MOST_VALUES = 1000
"""Values of all ``in`` together."""

OPERATORS = (
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "empty", "not_empty",
)  # fmt: skip
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
Test = Callable[[Kept[StoredRow]], bool]
Getter = Callable[[Kept[StoredRow]], Any]


@dataclass(frozen=True, slots=True)
class Hint:
    """What every row that fits has: this value in this column, or this id."""

    column: Column | None
    value: Any


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are wanted."""

    test: Test | None = None
    hint: Hint | None = None
    conditions: int = 0


def filter_of(table: DataTable, given: Any) -> Filter:
    """A filter from its written form; None wants all rows.

    Raises:
        UserError: It has no such form, is too large, or names a column that is not there.
    """
    if given is None or given == {}:
        return Filter()
    reader = _Reader(table)
    test = reader.read(given, 1)
    return Filter(test, reader.hint(given), MOST_CONDITIONS - reader.left)


def getter_of(table: DataTable, name: str) -> tuple[Column, Getter]:
    """A column, or what every row has, and how to take its value from a row.

    Raises:
        UserError: There is none of that name.
    """
    if folded(name) in SYSTEM:
        plain = folded(name)
        return Column(name=plain, type=SYSTEM[plain]), _SYSTEM[plain]
    column = column_of(table, name)
    id = column.id
    return column, lambda row: row.value.cells.get(id)


_SYSTEM: Mapping[str, Getter] = {
    "id": lambda row: row.id,
    "created_at": lambda row: moment(row.record.created_at),
    "updated_at": lambda row: moment(row.record.updated_at),
    "revision": lambda row: row.revision,
}


class _Reader:
    def __init__(self, table: DataTable) -> None:
        self._table = table
        self.left = MOST_CONDITIONS
        self._values = MOST_VALUES

    def read(self, given: Any, depth: int) -> Test:
        self.left -= 1
        if depth > DEEPEST or self.left < 0:
            raise UserError(
                "data_table.filter_large", "A filter has {most} conditions at most, and {deep} levels.",
                most=MOST_CONDITIONS, deep=DEEPEST,
            ).at(param="filter")  # fmt: skip
        if not isinstance(given, Mapping):
            raise _unreadable()
        fields = cast("Mapping[str, Any]", given)
        if len(fields) == 1:
            for word, combine in (("all", _all), ("any", _any)):
                if isinstance(fields.get(word), list | tuple):
                    return combine([self.read(one, depth + 1) for one in fields[word]])
            if "not" in fields:
                inner = self.read(fields["not"], depth + 1)
                return lambda row: not inner(row)
        return self._condition(fields)

    def _condition(self, fields: Mapping[str, Any]) -> Test:
        name, word = fields.get("column"), fields.get("op", "eq")
        if not isinstance(name, str) or not isinstance(word, str) or fields.keys() - {"column", "op", "value"}:
            raise _unreadable()
        column, get = getter_of(self._table, name)
        if word == "empty":
            return lambda row: get(row) in (None, "")
        if word == "not_empty":
            return lambda row: get(row) not in (None, "")
        if word == "in":
            return self._in(column, get, fields.get("value"))
        return _test(column, get, word, fields.get("value"))

    def _in(self, column: Column, get: Getter, given: Any) -> Test:
        values: list[Any] = list(cast("list[Any]", given)) if isinstance(given, list | tuple) else [None] * MOST_VALUES
        self._values -= len(values)
        if self._values < 0 or not isinstance(given, list | tuple):
            raise UserError(
                "data_table.filter_in", "`in` takes a list of {most} values at most.", most=MOST_VALUES
            ).at(param="filter")  # fmt: skip
        wanted: Collection[Any] = [checked(column, one) for one in values]
        if column.type != "json":
            wanted = frozenset(wanted)
        return lambda row: get(row) in wanted

    def hint(self, given: Any) -> Hint | None:
        """What can be looked up: an equality that stands alone, or among others that must all hold."""
        fields = cast("Mapping[str, Any]", given)
        if "column" in fields:
            every: Sequence[Any] = (fields,)
        else:
            every = cast("Sequence[Any]", fields.get("all") or ())
        best: Hint | None = None
        for one in every:
            if "column" not in one or one.get("op", "eq") != "eq" or one.get("value") is None:
                continue
            column, _get = getter_of(self._table, one["column"])
            value = checked(column, one["value"])
            if column.name == "id" and not column.id:
                return Hint(None, value)
            if column.unique or (column.indexed and best is None):
                best = Hint(column, value)
        return best


def _test(column: Column, get: Getter, word: str, given: Any) -> Test:
    if word in ("contains", "starts_with"):
        return _part(column, get, word, given)
    value = checked(column, given)
    if word == "eq":
        return lambda row: get(row) == value
    if word == "ne":
        return lambda row: get(row) != value
    if word not in _COMPARISONS or column.type in ("json", "boolean") or value is None:
        raise UserError(
            "data_table.filter_op", "{op} cannot be asked of {column}. There are {known}.",
            op=word[:40], column=column.name, known=", ".join(OPERATORS),
        ).at(param="filter")  # fmt: skip
    return _ordering(column, get, _COMPARISONS[word], value)


def _ordering(column: Column, get: Getter, compare: Callable[[Any, Any], bool], value: Any) -> Test:
    cut = slice(None, -1) if column.type == "datetime" else None
    value = value[cut] if cut is not None else value

    def test(row: Kept[StoredRow]) -> bool:
        found = get(row)
        return found is not None and compare(found if cut is None else found[cut], value)

    return test


def _part(column: Column, get: Getter, word: str, given: Any) -> Test:
    if column.type == "json" and word == "contains":
        return lambda row: isinstance(get(row), list) and given in get(row)
    if column.type != "text" or not isinstance(given, str):
        raise UserError(
            "data_table.filter_text", "{op} looks for a text in a column of texts.", op=word
        ).at(param="filter")  # fmt: skip
    part = given.casefold()
    if word == "contains":
        return lambda row: part in (get(row) or "").casefold()
    return lambda row: (get(row) or "").casefold().startswith(part)


def _all(tests: Sequence[Test]) -> Test:
    return lambda row: all(test(row) for test in tests)


def _any(tests: Sequence[Test]) -> Test:
    return lambda row: any(test(row) for test in tests)


def _unreadable() -> UserError:
    error = UserError(
        "data_table.filter",
        "A filter is a condition with column, op and value, or all, any or not around others.",
    )
    error.at(param="filter")
    return error
