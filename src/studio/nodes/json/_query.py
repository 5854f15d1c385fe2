"""Queries into JSON: the everyday part of JSONPath (RFC 9535), without filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from studio.sdk import Refusal, UserError

Step: TypeAlias = tuple[str, Any]

_STEP = re.compile(
    r"""(?P<deep>\.\.)(?=[\w*\[])|\.?(?P<all>\*)|\.?\[(?:
        (?P<star>\*)|(?P<index>-?\d{1,15})|(?P<slice>-?\d{0,15}:-?\d{0,15})|'(?P<single>[^']*)'|"(?P<double>[^"]*)"
    )\]|\.?(?P<name>[^\s.\[\]*'"]+)""",
    re.VERBOSE,
)
_LONGEST = 50
_STEPS = 1_000_000


def split_query(query: str) -> list[Step]:
    """Steps of a query such as ``$.store.book[*].title``.

    Raises:
        ValueError: It is none, or has more than fifty steps.
    """
    text = query.strip()
    place = 1 if text.startswith("$") else 0
    steps: list[Step] = []
    while place < len(text):
        match = _STEP.match(text, place)
        if match is None or len(steps) == _LONGEST:
            raise Refusal(
                "json.bad_query",
                "{query} cannot be read from position {place} on; write for example $.books[*].title",
                query=repr(query[:80]),
                place=place,
            )
        place = match.end()
        steps.append(_step(match))
    return steps


def _step(match: re.Match[str]) -> Step:
    if match["deep"]:
        return "deep", None
    if match["all"] or match["star"]:
        return "all", None
    if match["index"] is not None:
        return "index", int(match["index"])
    if match["slice"] is not None:
        start, _colon, stop = match["slice"].partition(":")
        return "slice", slice(int(start) if start else None, int(stop) if stop else None)
    return "name", next(match[kind] for kind in ("single", "double", "name") if match[kind] is not None)


class Walk:
    """Follows the steps of a query, and counts what it looks at."""

    def __init__(self) -> None:
        self._left = _STEPS

    def follow(self, data: Any, steps: list[Step]) -> list[Any]:
        """Every value that the steps lead to, in document order.

        Raises:
            UserError: It would look at more than a million values (``json.query_too_large``).
        """
        found = [data]
        for kind, argument in steps:
            found = [one for value in found for one in self._counted(_next(value, kind, argument))]
        return found

    def _counted(self, values: Iterator[Any]) -> Iterator[Any]:
        for value in values:
            self._left -= 1
            if self._left < 0:
                raise UserError("json.query_too_large", "The query looks at more than {limit} values.", limit=_STEPS)
            yield value


def _next(value: Any, kind: str, argument: Any) -> Iterator[Any]:
    if kind == "deep":
        yield from _descendants(value)
    elif isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if kind == "all":
            yield from fields.values()
        elif kind == "name" and argument in fields:
            yield fields[argument]
    elif isinstance(value, list):
        entries = cast("list[Any]", value)
        if kind == "all":
            yield from entries
        elif kind == "slice":
            yield from entries[argument]
        elif kind == "index" and -len(entries) <= argument < len(entries):
            yield entries[argument]


def _descendants(value: Any) -> Iterator[Any]:
    """The value and all containers in it."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(reversed(list(cast("dict[str, Any]", one).values())))
        elif isinstance(one, list):
            stack.extend(reversed(cast("list[Any]", one)))
        else:
            continue
        yield cast("Any", one)
