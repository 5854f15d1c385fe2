"""Functions that turn values of one type into another."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Any

import orjson

from studio.domain.errors import ExpressionError
from studio.domain.nouns import A_NUMBER, WHOLE_NUMBER
from studio.domain.reasons import json_reason
from studio.expressions._limits import Meter
from studio.expressions._operators import plain_list
from studio.expressions._registry import function
from studio.expressions._values import kind_name, seconds_of, text, to_json

_INT = re.compile(r"[+-]?[0-9]{1,1200}", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_TRUE = frozenset({"true", "yes", "on", "1", "y"})
_FALSE = frozenset({"false", "no", "off", "0", "n", ""})
_NESTING = re.compile(r"[\[\]{}\"]")


@function("conversion", "int", [("int('42')", 42), ("int(2.9)", 2), ("int(true)", 1)], flow="number")
def int_(meter: Meter, x: Any, base: int = 10) -> int:
    """A whole number; decimals are cut off. A text may be written in another base from 2 to 36."""
    if type(x) is str:
        meter.scan(x)
        written = x.strip()
        meter.alloc(len(written) >> 1)
        if base == 10 and not _INT.fullmatch(written):
            raise _no_number(x, WHOLE_NUMBER)
        if base != 10 and (not 2 <= base <= 36 or len(written) > 200):
            raise ExpressionError("expression.base", "The base is a number from 2 to 36.")
        try:
            return int(written, base)
        except ValueError:
            raise _no_number(x, WHOLE_NUMBER) from None
    if type(x) in (int, float, bool):
        if type(x) is float and not math.isfinite(x):
            raise _no_number(x, WHOLE_NUMBER)
        return int(x)
    raise _no_number(x, WHOLE_NUMBER)


@function("conversion", "float", [("float('2.50')", 2.5), ("float(3)", 3.0)], flow="number")
def float_(meter: Meter, x: Any) -> float:
    """A decimal number."""
    if type(x) is timedelta:
        return float(seconds_of(x))
    if type(x) is str:
        meter.scan(x)
        written = x.strip()
        if _FLOAT.fullmatch(written):
            return float(written)
    if type(x) in (int, float, bool):
        return float(x)
    raise _no_number(x, A_NUMBER)


def _no_number(x: Any, what: str) -> ExpressionError:
    shown = f"'{x[:40]}'" if type(x) is str else kind_name(x)
    return ExpressionError("expression.no_number", "{value} is not {what}.", value=shown, what=what)


@function("conversion", "text", [("str(1.5)", "1.5"), ("str(null)", "null"), ("str([1, 'a'])", '[1,"a"]')])
def str_(meter: Meter, x: Any) -> str:
    """The value as it reads inside a text: JSON's spelling, texts without quotes, dates as ISO 8601."""
    return text(meter, x)


@function(
    "conversion", "bool", [("bool('no')", False), ("bool('yes')", True), ("bool([])", False), ("bool(0.5)", True)]
)
def bool_(meter: Meter, x: Any) -> bool:
    """True or false. Texts are read (true, yes, on, 1; false, no, off, 0, empty); others are false where empty or 0."""
    if type(x) is str:
        word = x.strip().lower() if len(x) < 20 else "?"
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise ExpressionError("expression.no_bool", "'{text}' is neither true nor false.", text=x[:40])
    return bool(x)


@function(
    "conversion",
    "list[item]",
    [("list('ab')", ["a", "b"]), ("list({'a': 1})", ["a"]), ("list(range(2))", [0, 1])],
    flow="passes",
)
def list_(meter: Meter, x: list[Any]) -> list[Any]:
    """A list of the items, characters or keys."""
    meter.items(len(x))
    return list(x)


@function("conversion", "dict[any]", [("dict([['a', 1]])", {"a": 1}), ("dict({'a': 1})", {"a": 1})], flow="passes")
def dict_(meter: Meter, x: Any) -> dict[str, Any]:
    """An object from pairs of key and value, or a copy of one."""
    if type(x) is dict:
        meter.items(len(x), 64)
        return dict(x)
    pairs = plain_list(meter, x)
    meter.items(len(pairs), 64)
    meter.steps(len(pairs))
    out: dict[str, Any] = {}
    for pair in pairs:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
            raise ExpressionError("expression.pair", "Each item is a pair of a text and a value: [['a', 1]]")
        out[pair[0]] = pair[1]
    return out


@function("conversion", "text", [("json({'a': [1, null]})", '{"a":[1,null]}'), ("json([1], indent=true)", "[\n  1\n]")])
def json(meter: Meter, x: Any, indent: bool = False, sort: bool = False) -> str:
    """The value as JSON text, if wanted with indentation and sorted keys."""
    return to_json(meter, x, (orjson.OPT_INDENT_2 if indent else 0) | (orjson.OPT_SORT_KEYS if sort else 0))


@function("conversion", "any", [("json_parse('{\"a\": [1, 2]}').a[1]", 2)], flow="shared")
def json_parse(meter: Meter, x: str) -> Any:
    """The value that a JSON text holds."""
    meter.chars(len(x), x.isascii())
    _check_nesting(meter, x)
    meter.alloc(24 * len(x) if len(x) > 4096 else 0)
    meter.steps(len(x) >> 3)
    try:
        return orjson.loads(x)
    except ValueError as error:
        raise ExpressionError("expression.json_read", "This is no JSON: {reason}", reason=json_reason(error)) from None


def _check_nesting(meter: Meter, x: str) -> None:
    """Refuse deep nesting before the text is parsed; brackets within texts are left out as far as quotes are paired."""
    if x.count("[") + x.count("{") <= meter.budget.depth:
        return
    depth = 0
    inside = False
    meter.steps(len(x) >> 2)
    for found in _NESTING.finditer(x):
        mark = found.group()
        if mark == '"':
            escapes = 0
            place = found.start() - 1
            while inside and place >= 0 and x[place] == "\\" and escapes < 64:
                escapes += 1
                place -= 1
            inside = not inside if escapes % 2 == 0 else inside
        elif not inside:
            depth += 1 if mark in "[{" else -1
            if depth > meter.budget.depth:
                meter.level(depth)
