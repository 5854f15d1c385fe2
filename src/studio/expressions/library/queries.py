"""Functions that answer a question about a list or object."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions._comparison import equal, is_null, less
from studio.expressions._limits import Meter
from studio.expressions._operators import plain_list
from studio.expressions._registry import function
from studio.expressions._unique import Seen
from studio.expressions._values import kind_name, text


@function("lists", "int", [("len([1, 2])", 2), ("len('abc')", 3), ("len({'a': 1})", 1)])
def len_(meter: Meter, x: Any) -> int:
    """Number of items, characters or keys."""
    if type(x) in (list, str, dict) or isinstance(x, LazyItems | Mapping):
        return len(x)
    if is_null(x):
        raise ExpressionError("expression.len_null", "null has no length. Write len(default(x, [])).")
    raise ExpressionError("expression.len_kind", "A {kind} has no length.", kind=kind_name(x))


def _reader(meter: Meter, items: Any) -> Iterable[Any]:
    """A generator as it comes, anything else as a list."""
    if hasattr(items, "__next__"):
        return items
    found = plain_list(meter, items)
    meter.steps(len(found) >> 2)
    return found


@function(
    "lists",
    "bool",
    [("any([false, true])", True), ("any(x > 2 for x in [1, 2])", False), ("any([1, 5], lambda x: x > 2)", True)],
    functions={"f": 1},
    lazy=True,
)
def any_(meter: Meter, items: Any, f: Callable[..., Any] | None = None) -> bool:
    """Whether one of the items is true, or the function gives true for one."""
    return any(_reader(meter, items)) if f is None else any(f(item) for item in _reader(meter, items))


@function(
    "lists", "bool", [("all([true, 1])", True), ("all(x > 1 for x in [1, 2])", False)], functions={"f": 1}, lazy=True
)
def all_(meter: Meter, items: Any, f: Callable[..., Any] | None = None) -> bool:
    """Whether all items are true, or the function gives true for all."""
    return all(_reader(meter, items)) if f is None else all(f(item) for item in _reader(meter, items))


@function(
    "lists",
    "item?",
    [("first([3, 4])", 3), ("first([1, 5, 9], lambda x: x > 2)", 5), ("first([])", None)],
    flow="passes",
    functions={"f": 1},
    lazy=True,
)
def first(meter: Meter, items: Any, f: Callable[..., Any] | None = None) -> Any:
    """The first item, or the first for which the function gives true; null where there is none."""
    if f is None and isinstance(items, list | LazyItems):
        return items[0] if len(items) else None
    return next((item for item in _reader(meter, items) if f is None or f(item)), None)


@function("lists", "item?", [("last([3, 4])", 4), ("last([])", None)], flow="passes", functions={"f": 1})
def last(meter: Meter, items: Any, f: Callable[..., Any] | None = None) -> Any:
    """The last item, or the last for which the function gives true; null where there is none."""
    if f is None and isinstance(items, list | LazyItems):
        return items[-1] if len(items) else None
    found = plain_list(meter, items)
    meter.steps(len(found) >> 2)
    return next((item for item in reversed(found) if f is None or f(item)), None)


@function(
    "lists",
    "int",
    [("count([1, 2, 3], lambda x: x > 1)", 2), ("count(['a', 'b', 'a'], 'a')", 2), ("count([1, 2])", 2)],
    functions={"what": -1},
)
def count(meter: Meter, items: list[Any], what: Any = None) -> int:
    """How many items there are, equal the value, or make the function give true."""
    if what is None:
        return len(items)
    if callable(what):
        return sum(1 for item in items if what(item))
    meter.steps(len(items))
    return sum(1 for item in items if equal(meter, item, what))


@function("lists", "int?", [("index_of(['a', 'b'], 'b')", 1), ("index_of([1], 5)", None)])
def index_of(meter: Meter, items: list[Any], what: Any) -> int | None:
    """Position of the first item that equals the value; null where there is none."""
    for place, item in enumerate(items):
        meter.steps(1)
        if equal(meter, item, what):
            return place
    return None


def _extreme(meter: Meter, values: tuple[Any, ...], key: Callable[..., Any] | None, sign: str) -> Any:
    items = plain_list(meter, values[0]) if len(values) == 1 else list(values)
    if not items:
        raise ExpressionError("expression.empty_list", "There is no item. Write default(first(sorted(x)), ...).")
    meter.steps(len(items))
    best = items[0]
    best_key = best if key is None else key(best)
    for item in items[1:]:
        each = item if key is None else key(item)
        if less(meter, sign, each, best_key) if sign == "<" else less(meter, sign, best_key, each):
            best, best_key = item, each
    return best


@function(
    "lists",
    "item",
    [("min([3, 1, 2])", 1), ("min(4, 2)", 2), ("min([{'n': 2}, {'n': 1}], key='n')", {"n": 1})],
    flow="passes",
    functions={"key": 1},
)
def min_(meter: Meter, *values: Any, key: Callable[..., Any] | None = None) -> Any:
    """The smallest item of a list, or of the values."""
    return _extreme(meter, values, key, "<")


@function("lists", "item", [("max([3, 1, 2])", 3), ("max('a', 'b')", "b")], flow="passes", functions={"key": 1})
def max_(meter: Meter, *values: Any, key: Callable[..., Any] | None = None) -> Any:
    """The largest item of a list, or of the values."""
    return _extreme(meter, values, key, ">")


def _groups(meter: Meter, items: list[Any], key: Callable[[Any], Any] | None) -> dict[str, list[Any]]:
    meter.items(len(items), 16)
    groups: dict[str, list[Any]] = {}
    for item in items:
        name = text(meter, item if key is None else key(item))
        group = groups.get(name)
        if group is None:
            meter.alloc(200)
            groups[name] = [item]
        else:
            group.append(item)
        meter.steps(2)
    return groups


@function(
    "lists",
    "dict[same]",
    [
        ("group_by([{'c': 'x', 'n': 1}, {'c': 'y', 'n': 2}], 'c').x", [{"c": "x", "n": 1}]),
        ("group_by([1, 2, 3], lambda x: x % 2)", {"1": [1, 3], "0": [2]}),
    ],
    flow="passes",
    functions={"key": 1},
)  # fmt: skip
def group_by(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> dict[str, list[Any]]:
    """An object with the list of items for each value of the key; the values become texts."""
    return _groups(meter, items, key)


@function("lists", "dict[int]", [("count_by(['a', 'b', 'a'])", {"a": 2, "b": 1})], functions={"key": 1})
def count_by(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> dict[str, int]:
    """How many items there are for each value of the key, or of each value without one."""
    return {name: len(group) for name, group in _groups(meter, items, key).items()}


@function(
    "lists",
    "dict[item]",
    [("index_by([{'id': 7, 'n': 'a'}], 'id')", {"7": {"id": 7, "n": "a"}})],
    flow="passes",
    functions={"key": 1},
)
def index_by(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> dict[str, Any]:
    """An object with the last item for each value of the key."""
    return {name: group[-1] for name, group in _groups(meter, items, key).items()}


@function(
    "lists",
    "list[same]",
    [("partition([1, 2, 3], lambda x: x > 1)", [[2, 3], [1]])],
    flow="passes",
    functions={"f": 1},
)
def partition(meter: Meter, items: list[Any], f: Callable[..., Any] | None = None) -> list[Any]:
    """Two lists: the items for which the function gives true, and the others."""
    meter.items(len(items))
    parts: tuple[list[Any], list[Any]] = ([], [])
    for item in items:
        meter.steps(1)
        parts[0 if (item if f is None else f(item)) else 1].append(item)
    return [parts[0], parts[1]]


@function("lists", "bool", [("is_unique([1, 2, 1])", False)])
def is_unique(meter: Meter, items: list[Any]) -> bool:
    """Whether no value comes twice."""
    seen = Seen(meter)
    return all(seen.add(item) for item in items)
