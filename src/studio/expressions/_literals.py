"""Numbers and texts as they are written."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from studio.domain.errors import ExpressionError

Token: TypeAlias = "tuple[str, Any, int, int]"  # noqa: S105  # a token of the grammar, no secret

MAX_SOURCE = 32_768
"""Characters of one expression."""
MAX_NESTING = 40
"""Brackets, and other levels of grammar, within each other."""
_MAX_DIGITS = 1200
BODIES = {
    "'": re.compile(r"(?:[^'\\]++|\\[\s\S])*+'"),
    '"': re.compile(r'(?:[^"\\]++|\\[\s\S])*+"'),
    "'''": re.compile(r"(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''"),
    '"""': re.compile(r'(?:[^"\\]++|\\[\s\S]|"(?!""))*+"""'),
}
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))")
_PLAIN_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "b": "\b", "f": "\f", "v": "\v",
    "a": "\a", "\n": "",
}  # fmt: skip


def read_number(value: str, text: str, start: int, end: int) -> int | float:
    if end < len(text) and (text[end] == "_" or text[end].isalnum()):
        raise ExpressionError(
            "expression.number", "'{text}' is not a number.", start=start, end=end + 1, text=text[start : end + 1][:60]
        )
    try:
        if len(value) > _MAX_DIGITS or (value[0] == "0" and value[1:2].isdecimal()):
            raise ValueError("too many digits, or a zero before the first")
        if value[:1] == "0" and len(value) > 1 and value[1] in "xXoObB":
            return int(value, 0)
        if value.isdecimal() or ("." not in value and "e" not in value and "E" not in value):
            return int(value)
        number = float(value)
        if number in (float("inf"), float("-inf")):
            raise ValueError("infinite")
    except ValueError:
        raise ExpressionError(
            "expression.number", "'{text}' is not a number.", start=start, end=end, text=value[:60]
        ) from None
    return number


def open_string(start: int, end: int) -> ExpressionError:
    return ExpressionError("expression.open_string", "The text is not closed by its quote.", start=start, end=end)


def unescape(value: str, offset: int) -> str:
    def one(found: re.Match[str]) -> str:
        octal, two, four, eight, other = found.groups()
        if other is not None:
            plain = _PLAIN_ESCAPES.get(other)
            if plain is not None:
                return plain
        else:
            point = int(octal, 8) if octal else int(two or four or eight, 16)
            if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
                return chr(point)
        raise ExpressionError(
            "expression.escape",
            "'{escape}' is not an escape. Write r'...' to keep backslashes as they are.",
            start=offset + found.start(),
            end=offset + found.end(),
            escape=found.group(),
        )

    return ESCAPE.sub(one, value)
