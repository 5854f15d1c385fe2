"""JSON to plain data; duplicate keys and numbers beyond 64 bits are problems. Places are computed on demand."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import orjson

from studio.domain.reasons import json_fault
from studio.validation._positions import Path, Place
from studio.validation._problems import Problem, problem

MAX_DEPTH = 100


class JsonSyntax(Exception):
    """The text is not JSON; ``offset`` says where, ``found`` what is wrong."""

    def __init__(self, offset: int, found: Problem) -> None:
        super().__init__(offset)
        self.offset = offset
        self.problem = found


def read_json(text: str) -> tuple[Any, bool]:
    """The data, and whether ``places`` will find problems that the data does not show.

    Raises:
        JsonSyntax: The text is not JSON or nested too deep.
    """
    try:
        tree = orjson.loads(text)
    except ValueError as error:
        offset = int(getattr(error, "pos", 0))
        reason = json_fault(error)
        raise JsonSyntax(
            offset, problem("workflow.json_syntax", "this is not JSON: {reason}", reason=reason)
        ) from error
    if _deeper_than(tree, MAX_DEPTH):
        raise JsonSyntax(0, problem("workflow.too_deep", "nested more than {limit} levels deep", limit=MAX_DEPTH))
    suspicious = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal suspicious
        members = dict(found)
        suspicious = suspicious or len(members) != len(found)
        return members

    def number(digits: str) -> Any:
        nonlocal suspicious
        if len(digits) < 19:
            return int(digits)
        value = _whole(digits)
        suspicious = suspicious or value is None
        return digits if value is None else value

    return json.loads(text, object_pairs_hook=pairs, parse_int=number), suspicious


def _whole(digits: str) -> int | None:
    if len(digits) > 20:
        return None
    value = int(digits)
    return value if -(2**63) <= value < 2**63 else None


def _deeper_than(tree: Any, limit: int) -> bool:
    level = [tree]
    for _ in range(limit + 1):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(cast("dict[str, Any]", value).values())
            elif isinstance(value, list):
                inner.extend(cast("list[Any]", value))
        if not inner:
            return False
        level = inner
    return True


_TOKEN = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)')
_LINE = re.compile(r"\r\n|\n|\r")


class _Open:
    """A collection that is being read."""

    __slots__ = ("key", "key_place", "place", "sequence")

    def __init__(self, place: Place, sequence: bool) -> None:
        self.place = place
        self.sequence = sequence
        self.key: str | None = None
        self.key_place: Place | None = None


def json_places(text: str, problems: list[tuple[Path, Problem]]) -> Place | None:
    """The places in a text that ``read_json`` has accepted; adds what is wrong beyond the syntax to ``problems``."""
    starts = [0, *(match.end() for match in _LINE.finditer(text))]
    line = 0
    stack: list[_Open] = []
    root: Place | None = None
    for match in _TOKEN.finditer(text):
        written, start = match.group(1), match.start(1)
        if written in ",:":
            continue
        while line + 1 < len(starts) and starts[line + 1] <= start:
            line += 1
        if written in "]}":
            done = stack.pop()
            done.place.end = match.end()
            continue
        place = Place(line + 1, start - starts[line] + 1, start, match.end(), '"' if written[0] == '"' else "")
        if stack and not stack[-1].sequence and stack[-1].key is None:
            _take_key(stack, json.loads(written), place, problems)
            continue
        _check_number(written, _path(stack), place, problems)
        if stack:
            _add(stack[-1], place)
        else:
            root = place
        if written in "[{":
            stack.append(_Open(place, written == "["))
    return root


def _path(stack: list[_Open]) -> Path:
    return tuple(len(each.place.items) if each.sequence else each.key or "" for each in stack)


def _add(parent: _Open, place: Place) -> None:
    if parent.sequence:
        parent.place.items[len(parent.place.items)] = place
        return
    key = cast("str", parent.key)
    parent.place.items[key] = place
    parent.place.keys[key] = cast("Place", parent.key_place)
    parent.key = None


def _take_key(stack: list[_Open], key: str, place: Place, problems: list[tuple[Path, Problem]]) -> None:
    parent = stack[-1]
    parent.key, parent.key_place = key, place
    if key in parent.place.keys:
        first = parent.place.keys[key].line
        found = problem("workflow.duplicate_key", "the key `{key}` already stands in line {line}", key=key, line=first)
        problems.append((_path(stack), _placed(found, place)))


def _check_number(written: str, path: Path, place: Place, problems: list[tuple[Path, Problem]]) -> None:
    if len(written) < 19 or not written.lstrip("-").isdigit() or _whole(written) is not None:
        return
    found = problem(
        "workflow.number_range", "the number {text} does not fit into 64 bits; quote it to keep it as text",
        text=written[:60],
    )  # fmt: skip
    problems.append((path, _placed(found, place)))


def _placed(found: Problem, place: Place) -> Problem:
    return Problem(
        code=found.code,
        template=found.template,
        arguments=found.arguments,
        line=place.line,
        column=place.column,
    )
