"""Functions over objects."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._limits import Meter
from studio.expressions._names import THE_VALUE
from studio.expressions._registry import function
from studio.expressions._steps import step
from studio.expressions._values import Missing, kind_name

_PAIR = 64


@function("objects", "list[text]", [("keys({'a': 1, 'b': 2})", ["a", "b"])])
def keys(meter: Meter, x: dict[str, Any]) -> list[str]:
    """The keys."""
    meter.items(len(x))
    return list(x)


@function("objects", "list[value]", [("values({'a': 1, 'b': 2})", [1, 2])], flow="passes")
def values(meter: Meter, x: dict[str, Any]) -> list[Any]:
    """The values."""
    meter.items(len(x))
    return list(x.values())


@function("objects", "list[list[any]]", [("items({'a': 1})", [["a", 1]])], flow="passes")
def items(meter: Meter, x: dict[str, Any]) -> list[Any]:
    """Pairs of key and value."""
    meter.items(len(x), 96)
    meter.steps(len(x))
    return [[key, value] for key, value in x.items()]


@function("objects", "dict[any]", [("from_items([['a', 1], ['b', 2]])", {"a": 1, "b": 2})], flow="passes")
def from_items(meter: Meter, pairs: list[Any]) -> dict[str, Any]:
    """An object from pairs of key and value; later ones win."""
    meter.items(len(pairs), _PAIR)
    meter.steps(len(pairs))
    out: dict[str, Any] = {}
    for pair in pairs:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
            raise ExpressionError("expression.pair", "Each item is a pair of a text and a value: [['a', 1]]")
        out[pair[0]] = pair[1]
    return out


@function("objects", "dict[any]", [("merge({'a': 1, 'b': 1}, {'b': 2})", {"a": 1, "b": 2})], flow="passes")
def merge(meter: Meter, *objects: dict[str, Any]) -> dict[str, Any]:
    """One object with the keys of all; later ones win. Objects within are replaced, not merged."""
    meter.items(sum(map(len, objects)), _PAIR)
    meter.steps(sum(map(len, objects)))
    out: dict[str, Any] = {}
    for each in objects:
        out.update(each)
    return out


@function(
    "objects",
    "dict[any]",
    [("deep_merge({'a': {'x': 1}}, {'a': {'y': 2}})", {"a": {"x": 1, "y": 2}})],
    flow="shared",
)
def deep_merge(meter: Meter, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """One object with the keys of both, objects within merged likewise; the second wins."""
    return _deep_merge(meter, a, b, 0)


def _deep_merge(meter: Meter, a: dict[str, Any], b: dict[str, Any], depth: int) -> dict[str, Any]:
    meter.level(depth)
    meter.items(len(a) + len(b), _PAIR)
    meter.steps(len(a) + len(b))
    out = dict(a)
    for key, value in b.items():
        mine = out.get(key)
        both = type(mine) is dict and type(value) is dict
        out[key] = _deep_merge(meter, mine, value, depth + 1) if both and mine is not None else value
    return out


@function("objects", "dict[any]", [("pick({'a': 1, 'b': 2}, ['a', 'c'])", {"a": 1})], flow="passes")
def pick(meter: Meter, x: dict[str, Any], names: Any) -> dict[str, Any]:
    """The object with only these keys, as far as it has them."""
    wanted = _names(meter, names)
    return {name: x[name] for name in wanted if name in x}


@function("objects", "dict[any]", [("omit({'a': 1, 'b': 2}, 'a')", {"b": 2})], flow="passes")
def omit(meter: Meter, x: dict[str, Any], names: Any) -> dict[str, Any]:
    """The object without these keys."""
    unwanted = set(_names(meter, names))
    meter.items(len(x), _PAIR)
    meter.steps(len(x))
    return {name: value for name, value in x.items() if name not in unwanted}


@function("objects", "dict[any]", [("rename_keys({'a': 1, 'b': 2}, {'a': 'x'})", {"x": 1, "b": 2})], flow="passes")
def rename_keys(meter: Meter, x: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """The object with keys renamed: old name to new name."""
    _names(meter, list(names.values()))
    meter.items(len(x), _PAIR)
    meter.steps(len(x))
    return {names.get(name, name): value for name, value in x.items()}


@function(
    "objects",
    "dict[result]",
    [("map_values(lambda x: x * 2, {'a': 1})", {"a": 2})],
    flow="maps",
    functions={"f": 1},
)
def map_values(meter: Meter, f: Callable[..., Any], x: dict[str, Any]) -> dict[str, Any]:
    """The object with what the function gives for each value."""
    meter.items(len(x), _PAIR)
    return {name: f(value) for name, value in x.items()}


@function("objects", "dict[any]", [("without_null({'a': 1, 'b': null})", {"a": 1})], flow="passes")
def without_null(meter: Meter, x: dict[str, Any]) -> dict[str, Any]:
    """The object without the keys whose value is null."""
    meter.items(len(x), _PAIR)
    meter.steps(len(x))
    return {name: value for name, value in x.items() if value is not None}


@function("objects", "dict[text]", [("invert({'a': 'x'})", {"x": "a"})])
def invert(meter: Meter, x: dict[str, Any]) -> dict[str, str]:
    """Values, which must be texts, become keys and keys values."""
    meter.items(len(x), _PAIR)
    _names(meter, list(x.values()))
    return {value: name for name, value in x.items()}


@function(
    "objects",
    "any",
    [("get({'a': {'b': 1}}, 'a.b')", 1), ("get({'a': 1}, 'x', 'none')", "none"), ("get([5, 6], 1)", 6)],
    flow="passes",
)
def get(meter: Meter, x: Any, path: Any, otherwise: Any = None) -> Any:
    """What lies at a key, position or dotted path; the third value where nothing lies there."""
    if type(path) is str and type(x) is dict and path in x:
        return x[path]
    if type(path) is str:
        meter.scan(path)
    keys_: list[Any] = path.split(".", 50) if type(path) is str else [path]
    for key in keys_:
        meter.steps(1)
        if type(key) is str and type(x) is list and len(key) < 10 and key.isdecimal():
            key = int(key)
        if type(key) not in (str, int):
            raise ExpressionError(
                "expression.key_type", "A key is a text or a whole number, not {kind}.", kind=kind_name(key)
            )
        try:
            x = step(x, key, THE_VALUE, None, None, 1)
        except Missing:
            return otherwise
    return x


@function("objects", "bool", [("has({'a': {'b': null}}, 'a.b')", True), ("has({}, 'a')", False)])
def has(meter: Meter, x: Any, path: str) -> bool:
    """Whether something, even null, lies at a key or dotted path."""
    if type(x) is dict and path in x:
        return True
    meter.scan(path)
    for key in path.split(".", 50):
        meter.steps(1)
        try:
            x = step(x, key, THE_VALUE, None, None, 1)
        except Missing:
            return False
    return True


def _names(meter: Meter, names: Any) -> list[str]:
    found: list[Any] = [names] if type(names) is str else names
    if type(found) is not list or any(type(name) is not str for name in found):
        raise ExpressionError("expression.key_names", "The names of keys are a list of texts.")
    meter.items(len(found), _PAIR)
    meter.steps(len(found))
    return found
