"""Workflows as text that reads well and reads back the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal, cast

import orjson

from studio.domain.canonical import plain_workflow
from studio.domain.workflow import Workflow

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_(./-][A-Za-z0-9_).,/-]*)*\Z")
_PLAIN_EDGE = re.compile(r"[a-z][A-Za-z0-9_.]* -> [a-z][A-Za-z0-9_.]*\Z")
_DURATION = re.compile(r"[0-9]+(ms|s|m|h|d|w)\Z")
_WORDS = {"null", "true", "false"}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]")
_LONGEST_KEY = 1000
_GAP_BEFORE = ("inputs", "nodes", "edges", "output", "settings", "canvas")


def save(workflow: Workflow, format: Literal["yaml", "json"] = "yaml") -> str:
    """The document of a workflow; ``load`` gives the same workflow again.

    Keys stand in the order of the format, nodes and params in theirs. Texts of several lines become blocks,
    expressions are quoted.
    """
    tree = _canvas_numbers(plain_workflow(workflow))
    if format == "json":
        return orjson.dumps(tree, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    lines: list[str] = []
    for key, value in tree.items():
        if key in _GAP_BEFORE and isinstance(value, dict | list) and value:
            lines.append("")
        lines.extend(_entry(_scalar(key), value, 0))
    return "\n".join(lines) + "\n"


def _canvas_numbers(tree: dict[str, Any]) -> dict[str, Any]:
    positions = tree.get("canvas", {}).get("positions")
    if positions:
        whole = {id: [int(n) if float(n).is_integer() else n for n in at] for id, at in positions.items()}
        tree["canvas"] = {**tree["canvas"], "positions": whole}
    return tree


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key with its value, as lines."""
    pad = " " * indent
    if len(key) > _LONGEST_KEY:
        yield f"{pad}? {key}"
        key = ""
    if isinstance(value, dict) and value:
        yield f"{pad}{key}:"
        for inner, content in cast("dict[str, Any]", value).items():
            yield from _entry(_scalar(inner), content, indent + 2)
    elif isinstance(value, list) and value:
        items = cast("list[Any]", value)
        if _is_short(items):
            yield f"{pad}{key}: [{', '.join(_scalar(item) for item in items)}]"
            return
        yield f"{pad}{key}:"
        yield from _items(items, indent + 2)
    else:
        first, *rest = _inline(value, indent + 2)
        yield f"{pad}{key}: {first}"
        yield from rest


def _items(items: list[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in items:
        if isinstance(item, dict | list) and item:
            inner = _mapping_lines(cast("dict[str, Any]", item), indent + 2) if isinstance(item, dict) else None
            lines = list(inner or _items(cast("list[Any]", item), indent + 2))
            yield f"{pad}- {lines[0].lstrip(' ')}"
            yield from lines[1:]
        else:
            first, *rest = _inline(item, indent + 2)
            yield f"{pad}- {first}"
            yield from rest


def _mapping_lines(mapping: dict[str, Any], indent: int) -> Iterator[str]:
    for key, value in mapping.items():
        yield from _entry(_scalar(key), value, indent)


def _is_short(items: list[Any]) -> bool:
    return len(items) <= 8 and all(isinstance(item, int | float) and not isinstance(item, bool) for item in items)


def _inline(value: Any, indent: int) -> list[str]:
    """A scalar or an empty collection as the rest of a line, and the lines of a block."""
    if isinstance(value, str) and "\n" in value and _fits_block(value):
        return _block(value, indent)
    return [_scalar(value)]


def _fits_block(text: str) -> bool:
    """Whether a literal block can hold it; breaks at the end would join the empty line that may follow."""
    return not (
        _UNPRINTABLE.search(text) or text.isspace() or text.endswith("\n\n") or "\t" in text.split("\n", 1)[0][:1]
    )


def _block(text: str, indent: int) -> list[str]:
    """A literal block: ``|`` with a line break at its end, ``|-`` without."""
    body = text.rstrip("\n")
    chomp = "" if text.endswith("\n") else "-"
    first = next((line for line in body.split("\n") if line), "")
    stated = "2" if body.startswith((" ", "\n")) or first.startswith(" ") else ""
    return [f"|{stated}{chomp}", *(f"{' ' * indent}{line}" if line else "" for line in body.split("\n"))]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _text(text: str) -> str:
    if (_PLAIN.match(text) and text.lower() not in _WORDS) or _PLAIN_EDGE.match(text) or _DURATION.match(text):
        return text
    if '"' in text and "\n" not in text and "\t" not in text and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    return _double(text)


def _double(text: str) -> str:
    return _UNPRINTABLE.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(text, ensure_ascii=False))
