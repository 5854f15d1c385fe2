"""What plain YAML scalars mean. Source: YAML 1.2.2, section 10.3 (core schema)."""

from __future__ import annotations

import math
import re
from typing import Any

from studio.validation._problems import Problem, problem, warning

_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MOST_DIGITS = 64


def resolve(text: str) -> tuple[Any, Problem | None]:
    """The value of a plain scalar, and what is wrong with it. What cannot be a value stays a text."""
    if text in _WORDS:
        return _WORDS[text], None
    if text[0] not in "+-.0123456789":
        return text, None
    if _INT.match(text):
        return _whole(text, text, 10)
    if _OCTAL.match(text):
        return _whole(text, text[2:], 8)
    if _HEX.match(text):
        return _whole(text, text[2:], 16)
    if _FLOAT.match(text):
        number = float(text)
        return (number, None) if math.isfinite(number) else (text, _beyond(text))
    if _NOT_FINITE.match(text):
        return text, problem("workflow.not_finite", "infinity and NaN are not values of a workflow")
    return text, None


def _whole(text: str, digits: str, base: int) -> tuple[Any, Problem | None]:
    bare = digits.lstrip("+-")
    if len(bare.lstrip("0")) > _MOST_DIGITS:
        return text, _beyond(text)
    number = int(digits, base)
    if not -(2**63) <= number < 2**63:
        return text, _beyond(text)
    if base == 10 and len(bare) > 1 and bare[0] == "0":
        return number, warning(
            "workflow.leading_zero",
            "`{text}` is read as a number and loses its leading zeros; quote it to keep them",
            text=short(digits),
        )
    return number, None


def _beyond(text: str) -> Problem:
    return problem(
        "workflow.number_range",
        "the number {text} does not fit into 64 bits; quote it to keep it as text",
        text=short(text),
    )


def short(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= 60 else text[:57] + "..."
