"""Functions that build and reorder lists."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions._comparison import is_null, sort_keys
from studio.expressions._limits import Meter
from studio.expressions._operators import plain_list
from studio.expressions._registry import function
from studio.expressions._unique import Seen


@function("lists", "list[int]", [("range(3)", [0, 1, 2]), ("range(2, 8, 3)", [2, 5])], flow="passes")
def range_(meter: Meter, start: int, stop: int | None = None, step: int = 1) -> list[int]:
    """Whole numbers from start (or 0) up to, and without, stop."""
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ExpressionError("expression.range_step", "The step is not 0.")
    count = max(0, (stop - start + step - (1 if step > 0 else -1)) // step)
    bits = max(start.bit_length(), stop.bit_length(), step.bit_length())
    meter.bits(bits)
    meter.items(count, 40 + (bits >> 3))
    meter.steps(count >> 2)
    return list(range(start, stop, step))


@function(
    "lists",
    "same",
    [
        ("sorted([3, 1, 2])", [1, 2, 3]),
        ("sorted(['b', 'A'], key=lambda x: x.lower(), reverse=true)", ["b", "A"]),
        ("sorted([{'n': 2}, {'n': 1}], 'n')", [{"n": 1}, {"n": 2}]),
    ],
    flow="passes",
    functions={"key": 1},
)
def sorted_(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None, reverse: bool = False) -> list[Any]:
    """A sorted copy. The key is a lambda, or the name of a key; equal items keep their order."""
    meter.items(len(items), 24)
    keys = sort_keys(meter, items if key is None else [key(item) for item in items])
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[place] for place in order]


@function("lists", "same", [("reversed([1, 2, 3])", [3, 2, 1])], flow="passes")
def reversed_(meter: Meter, items: list[Any]) -> list[Any]:
    """The items in opposite order."""
    meter.items(len(items))
    return items[::-1]


@function("lists", "list[any]", [("enumerate(['a', 'b'])", [[0, "a"], [1, "b"]])], flow="passes")
def enumerate_(meter: Meter, items: list[Any], start: int = 0) -> list[Any]:
    """Pairs of position and item."""
    meter.bits(start.bit_length())
    _pairs(meter, len(items), 2 + (start.bit_length() >> 7))
    return [[start + place, item] for place, item in enumerate(items)]


@function("lists", "list[list[any]]", [("zip([1, 2], ['a', 'b'])", [[1, "a"], [2, "b"]])], flow="passes")
def zip_(meter: Meter, *lists: list[Any]) -> list[Any]:
    """The items at equal positions put together, as far as the shortest list goes."""
    count = min(map(len, lists), default=0)
    _pairs(meter, count, len(lists))
    return [list(parts) for parts in zip(*lists, strict=False)]


@function(
    "lists",
    "list[result]",
    [("map(lambda x: x * 2, [1, 2])", [2, 4]), ("map(upper, ['a'])", ["A"])],
    flow="maps",
    functions={"f": 1},
)
def map_(meter: Meter, f: Callable[..., Any], items: list[Any]) -> list[Any]:
    """What the function gives for each item; the same as [f(x) for x in items]."""
    meter.items(len(items))
    return [f(item) for item in items]


@function(
    "lists",
    "list[any]",
    [("flat_map(lambda x: [x, -x], [1, 2])", [1, -1, 2, -2])],
    flow="maps",
    functions={"f": 1},
)
def flat_map(meter: Meter, f: Callable[..., Any], items: list[Any]) -> list[Any]:
    """The lists that the function gives for the items, put together."""
    out: list[Any] = []
    for item in items:
        more = plain_list(meter, f(item))
        meter.items(len(out) + len(more))
        meter.steps(1 + (len(more) >> 4))
        out += more
    return out


@function(
    "lists",
    "same",
    [("filter(lambda x: x > 1, [1, 2, 3])", [2, 3]), ("filter(null, [0, 1, null])", [1])],
    flow="passes",
    functions={"f": 1},
)
def filter_(meter: Meter, f: Callable[..., Any] | None, items: list[Any]) -> list[Any]:
    """The items for which the function gives true; the same as [x for x in items if f(x)]."""
    meter.items(len(items))
    meter.steps(len(items))
    return [item for item in items if (item if f is None else f(item))]


@function(
    "lists",
    "any",
    [("reduce(lambda acc, x: acc + x, [1, 2, 3], 10)", 16), ("reduce(lambda acc, x: max(acc, x), [3, 5, 2])", 5)],
    flow="shared",
    functions={"f": 2},
)
def reduce(meter: Meter, f: Callable[..., Any], items: list[Any], start: Any = None) -> Any:
    """Goes through the items with a value carried along; without start it begins with the first item."""
    acc = start
    rest = items
    if start is None and items:
        acc, rest = items[0], items[1:]
        meter.items(len(items))
    for item in rest:
        acc = f(acc, item)
    return acc


@function("lists", "same", [("unique([3, 1, 3])", [3, 1])], flow="passes", functions={"key": 1})
def unique(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> list[Any]:
    """Each value once, in the order of first appearance; with a key, the first item for each of its values."""
    seen = Seen(meter)
    if key is None:
        return seen.distinct(items)
    meter.items(len(items))
    return [item for item in items if seen.add(key(item))]


@function(
    "lists", "list[any]", [("flatten([[1, 2], 3, [[4]]])", [1, 2, 3, [4]]), ("flatten([[[1]]], 2)", [1])], flow="passes"
)
def flatten(meter: Meter, items: list[Any], levels: int = 1) -> list[Any]:
    """Lists within the list replaced by their items, one level deep or so many."""
    out = items
    for _ in range(min(max(levels, 0), 20)):
        flat: list[Any] = []
        for item in out:
            more = plain_list(meter, item) if type(item) is list or isinstance(item, LazyItems) else [item]
            meter.items(len(flat) + len(more), 0)
            meter.alloc(8 * len(more))
            meter.steps(1 + (len(more) >> 4))
            flat += more
        nested = any(type(item) is list for item in flat)
        out = flat
        if not nested:
            break
    return list(out) if out is items else out


@function("lists", "list[same]", [("chunk([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]])], flow="passes")
def chunk(meter: Meter, items: list[Any], size: int) -> list[Any]:
    """The list in pieces of at most so many items."""
    if size < 1:
        raise ExpressionError("expression.chunk_size", "The size is at least 1.")
    meter.items(len(items))
    _pairs(meter, len(items) // size + 1, 1)
    return [items[start : start + size] for start in range(0, len(items), size)]


@function("lists", "list[list[any]]", [("transpose([[1, 2], [3, 4]])", [[1, 3], [2, 4]])], flow="passes")
def transpose(meter: Meter, rows: list[Any]) -> list[Any]:
    """Rows become columns, as far as the shortest row goes."""
    lists = [plain_list(meter, row) for row in rows]
    count = min(map(len, lists), default=0)
    _pairs(meter, count, len(lists))
    return [list(parts) for parts in zip(*lists, strict=False)]


@function("lists", "list[any]", [("union([1, 2], [2, 3])", [1, 2, 3])], flow="passes")
def union(meter: Meter, a: list[Any], b: list[Any]) -> list[Any]:
    """Each value that is in one of the lists, once."""
    meter.items(len(a) + len(b))
    return Seen(meter).distinct([*a, *b])


@function("lists", "same", [("intersection([1, 2, 2, 3], [2, 3, 4])", [2, 3])], flow="passes")
def intersection(meter: Meter, a: list[Any], b: list[Any]) -> list[Any]:
    """Each value that is in both lists, once, in the order of the first."""
    other = _known(meter, b)
    return [item for item in Seen(meter).distinct(a) if other.has(item)]


@function("lists", "same", [("difference([1, 2, 3], [2])", [1, 3])], flow="passes")
def difference(meter: Meter, a: list[Any], b: list[Any]) -> list[Any]:
    """Each value of the first list that is not in the second, once."""
    other = _known(meter, b)
    return [item for item in Seen(meter).distinct(a) if not other.has(item)]


@function("lists", "same", [("compact([1, null, '', 0, 'a'])", [1, 0, "a"])], flow="passes")
def compact(meter: Meter, items: list[Any]) -> list[Any]:
    """The items that are neither null nor an empty text, list or object."""
    meter.items(len(items))
    meter.steps(len(items))
    return [item for item in items if not is_null(item) and (type(item) not in (str, list, dict) or item)]


def _known(meter: Meter, items: list[Any]) -> Seen:
    seen = Seen(meter)
    for item in items:
        seen.add(item)
    return seen


def _pairs(meter: Meter, count: int, width: int) -> None:
    """Charge ``count`` new lists of ``width`` items."""
    meter.items(count, 72 + 16 * width)
    meter.steps(count * (1 + (width >> 2)))
