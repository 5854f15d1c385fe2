"""Closures of f-strings, and formats of values."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions import _temporal
from studio.expressions._compiler import (
    NOTHING,
    Code,
    Compiler,
    Flow,
    guarded,
    handles,
)  # fmt: skip
from studio.expressions._limits import Meter
from studio.expressions._nodes import FString, Node
from studio.expressions._values import kind_name, text


@handles(FString)
def compile_fstring(compiler: Compiler, node: FString) -> tuple[Code, Flow]:
    """An f-string."""
    pieces: list[Code] = []
    for part in node.parts:
        if isinstance(part, str):
            pieces.append(_constant(part))
        else:
            pieces.append(_formatted(compiler, *part))
    joined = guarded(concatenate, node.start, node.end)
    return (lambda env: joined(env[1], [piece(env) for piece in pieces])), NOTHING


def _constant(value: str) -> Code:
    return lambda env: value


def _formatted(compiler: Compiler, node: Node, spec: str) -> Code:
    fn, _ = compiler.code(node)
    if not spec:
        plain = guarded(text, node.start, node.end)
        return lambda env: plain(env[1], fn(env))
    applied = guarded(format_value, node.start, node.end + 1 + len(spec))
    return lambda env: applied(env[1], fn(env), spec)


def concatenate(meter: Meter, parts: list[str]) -> str:
    """Texts joined, charged before."""
    meter.chars(sum(map(len, parts)), all(map(str.isascii, parts)))
    return "".join(parts)


_SPEC = re.compile(
    r"(?:(.)?([<>=^]))?([+\- ])?(z)?(#)?(0)?(\d{1,4})?([,_])?(?:\.(\d{1,3}))?([bcdeEfFgGosxX%])?", re.DOTALL | re.ASCII
)
_MAX_WIDTH = 1000


def format_value(meter: Meter, value: Any, spec: str) -> str:
    """A value in Python's format mini-language, widths up to 1000; dates take ``strftime`` directives.

    Raises:
        ExpressionError: The format is none, or does not fit the value.
    """
    cls = type(value)
    if cls is datetime or cls is date:
        return _temporal.write(value, spec)
    found = _SPEC.fullmatch(spec)
    half = found is not None and found.group(10) == "c" and cls is int and 0xD800 <= value <= 0xDFFF
    if found is None or half or int(found.group(7) or 0) > _MAX_WIDTH:
        raise ExpressionError("expression.format_spec", "'{spec}' is no format for a value.", spec=spec)
    if cls is not int and cls is not float:
        value = text(meter, value)
        if found.group(10) not in (None, "s") or found.group(8) or found.group(3) or found.group(2) == "=":
            raise ExpressionError(
                "expression.format_kind",
                "The format '{spec}' is for numbers, not {kind}.",
                spec=spec,
                kind=kind_name(value),
            )
        meter.chars(max(len(value), _MAX_WIDTH), value.isascii())
    else:
        meter.chars(2 * _MAX_WIDTH + (int(value.bit_length()) if cls is int else 400))
    try:
        return format(value, spec)
    except ValueError:
        raise ExpressionError("expression.format_spec", "'{spec}' is no format for a value.", spec=spec) from None
