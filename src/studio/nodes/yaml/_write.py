"""Plain data as YAML: block style, texts quoted wherever any reader could take them for something else."""

from __future__ import annotations

import re
from typing import Any, cast

import orjson

from studio.sdk import UserError

DEEPEST = 100

_PLAIN = re.compile(r"[^\W\d][\w ./()+,;=$'’-]*\Z")
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
"""Words that YAML 1.1 or 1.2 takes for null or a truth value."""

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff][^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*\n\Z")


def write_yaml(value: Any, sort_keys: bool) -> str:
    """The text of one document.

    Raises:
        UserError: The value is nested more than a hundred deep (``yaml.too_deep``).
    """
    out: list[str] = []
    _write(value, "", out, sort_keys, 0)
    return "".join(out).removeprefix("\n") if isinstance(value, list | dict) and value else "".join(out).lstrip(" ")


def _write(value: Any, indent: str, out: list[str], sort_keys: bool, depth: int) -> None:
    """Append a value that follows ``key:`` or ``-``: with a space before it, or lines below it."""
    if depth > DEEPEST:
        raise UserError("yaml.too_deep", "The data is nested more than {limit} deep.", limit=DEEPEST)
    if isinstance(value, dict) and value:
        fields = cast("dict[str, Any]", value)
        out.append("\n")
        for name in sorted(fields) if sort_keys else fields:
            out += (indent, _text(name), ":")
            _write(fields[name], indent + "  ", out, sort_keys, depth + 1)
    elif isinstance(value, list) and value:
        out.append("\n")
        for entry in cast("list[Any]", value):
            out += (indent, "-")
            _write(entry, indent + "  ", out, sort_keys, depth + 1)
    elif isinstance(value, str) and _BLOCK.match(value) and "\n" in value[:-1]:
        lines = value.split("\n")[:-1]
        out.append(" |\n" if not value.endswith("\n\n") else " |+\n")
        out.extend(f"{indent}{line}\n" if line else "\n" for line in lines)
    else:
        out += (" ", _scalar(value), "\n")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    return orjson.dumps(value).decode()


def _text(text: str) -> str:
    if _PLAIN.match(text) and text[-1] != " " and " #" not in text and text.lower() not in _WORDS:
        return text
    written = orjson.dumps(text).decode()
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", written)
