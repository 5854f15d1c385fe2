"""Regular expressions, by RE2: linear in the text, without look-around and back-references."""

# google-re2 has no type stubs; the protocols below say what is used of it.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol, cast

import re2

from studio.domain.errors import ExpressionError
from studio.domain.reasons import regex_reason
from studio.expressions._limits import Meter
from studio.expressions._registry import function

MAX_PATTERN = 1_000
MAX_TEXT = 1_000_000
_MEMORY = 2 * 1024 * 1024
_KEPT = 64
"""Compiled patterns kept; each may take up to ``_MEMORY`` bytes."""
_FREE_WORK = 1 << 17


class _Match(Protocol):
    def group(self, group: int = 0, /) -> str | None: ...
    def groups(self) -> tuple[str | None, ...]: ...
    def groupdict(self) -> dict[str, str | None]: ...
    def start(self, group: int = 0, /) -> int: ...
    def end(self, group: int = 0, /) -> int: ...


class _Regex(Protocol):
    groups: int
    programsize: int
    groupindex: dict[str, int]

    def search(self, text: str) -> _Match | None: ...
    def fullmatch(self, text: str) -> _Match | None: ...
    def finditer(self, text: str) -> Iterator[_Match]: ...


@lru_cache(maxsize=_KEPT)
def _compiled(pattern: str, ignore_case: bool) -> _Regex:
    options: Any = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.case_sensitive = not ignore_case
    return cast(_Regex, re2.compile(pattern, options))


def _ready(meter: Meter, x: str, pattern: str, ignore_case: bool) -> _Regex:
    """The compiled pattern, the search charged.

    Raises:
        ExpressionError: The pattern is none, or it or the text is too long.
    """
    if len(pattern) > MAX_PATTERN:
        raise ExpressionError(
            "expression.pattern_length", "A pattern has at most {limit} characters.", limit=MAX_PATTERN
        )
    if len(x) > MAX_TEXT:
        raise ExpressionError(
            "expression.pattern_text", "A pattern searches texts of at most {limit} characters.", limit=MAX_TEXT
        )
    meter.steps(20 + len(pattern) + (len(x) >> 3))
    meter.clock()
    try:
        regex = _compiled(pattern, ignore_case)
    except re2.error as error:
        raise ExpressionError(
            "expression.pattern",
            "'{pattern}' is no pattern: {reason}",
            pattern=pattern[:100],
            reason=regex_reason(error),
        ) from None
    work = regex.programsize * len(x)
    if work > _FREE_WORK:
        meter.steps(work >> 7)  # where its automaton outgrows its memory, RE2 follows each state through the text
    return regex


def _matches(meter: Meter, regex: _Regex, x: str) -> Iterator[_Match]:
    for found in regex.finditer(x):
        meter.steps(20)
        meter.clock()
        yield found


@function(
    "regular expressions",
    "bool",
    [(r"regex_match('2024-05', r'\d{4}-\d\d')", True), ("regex_match('abc', 'b')", False)],
)
def regex_match(meter: Meter, x: str, pattern: str, ignore_case: bool = False) -> bool:
    """Whether the pattern fits the whole text."""
    return _ready(meter, x, pattern, ignore_case).fullmatch(x) is not None


@function("regular expressions", "bool", [("regex_test('abc', 'B', ignore_case=true)", True)])
def regex_test(meter: Meter, x: str, pattern: str, ignore_case: bool = False) -> bool:
    """Whether the pattern fits somewhere in the text."""
    return _ready(meter, x, pattern, ignore_case).search(x) is not None


@function(
    "regular expressions",
    "any",
    [
        (r"regex_search('tel 12-34', r'\d+')", "12"),
        (r"regex_search('tel 12-34', r'(\d+)-(\d+)')", ["12", "34"]),
        (r"regex_search('a=1', r'(?P<key>\w)=(?P<value>\w)')", {"key": "a", "value": "1"}),
        ("regex_search('abc', 'x')", None),
    ],
)
def regex_search(meter: Meter, x: str, pattern: str, ignore_case: bool = False) -> Any:
    """The first place that fits: its text, a list of its groups, or an object of its named groups; else null."""
    regex = _ready(meter, x, pattern, ignore_case)
    found = regex.search(x)
    if found is None:
        return None
    meter.chars(2 * len(x), False)
    return _given(regex, found)


@function(
    "regular expressions",
    "list[any]",
    [
        (r"regex_find_all('1, 22', r'\d+')", ["1", "22"]),
        (r"regex_find_all('a1 b2', r'(\w)(\d)')", [["a", "1"], ["b", "2"]]),
    ],
)
def regex_find_all(meter: Meter, x: str, pattern: str, ignore_case: bool = False) -> list[Any]:
    """All places that fit, each given as by regex_search."""
    regex = _ready(meter, x, pattern, ignore_case)
    out: list[Any] = []
    for found in _matches(meter, regex, x):
        meter.alloc(80 * (1 + regex.groups) + 4 * (found.end() - found.start()) * (1 + regex.groups))
        out.append(_given(regex, found))
        meter.items(len(out), 0)
    return out


@function(
    "regular expressions",
    "text",
    [(r"regex_replace('a1b22', r'\d+', '#')", "a#b#"), (r"regex_replace('x-y', r'(\w)-(\w)', r'\2-\1')", "y-x")],
)
def regex_replace(
    meter: Meter, x: str, pattern: str, replacement: str, ignore_case: bool = False, limit: int = 0
) -> str:
    r"""With all places that fit replaced, or the first so many; \1 to \9 in the replacement stand for the groups."""
    regex = _ready(meter, x, pattern, ignore_case)
    parts: list[str] = []
    size = done = 0
    template = _template(replacement, regex.groups)
    for count, found in enumerate(_matches(meter, regex, x), 1):
        pieces = [
            x[done : found.start()],
            *(part if isinstance(part, str) else found.group(part) or "" for part in template),
        ]
        size += sum(map(len, pieces))
        meter.alloc(80 * len(pieces))
        meter.chars(size, False) if size > meter.budget.text else None
        parts += pieces
        done = found.end()
        if count == limit:
            break
    parts.append(x[done:])
    meter.chars(size + len(parts[-1]), False)
    return "".join(parts)


@function("regular expressions", "list[text]", [(r"regex_split('a1b22c', r'\d+')", ["a", "b", "c"])])
def regex_split(meter: Meter, x: str, pattern: str, ignore_case: bool = False, limit: int = 0) -> list[str]:
    """The parts between the places that fit, or cut at the first so many."""
    regex = _ready(meter, x, pattern, ignore_case)
    meter.chars(len(x), x.isascii())
    out: list[str] = []
    done = 0
    for count, found in enumerate(_matches(meter, regex, x), 1):
        meter.alloc(80)
        out.append(x[done : found.start()])
        meter.items(len(out), 0)
        done = found.end()
        if count == limit:
            break
    out.append(x[done:])
    return out


@function("regular expressions", "text", [("regex_escape('a.b')", r"a\.b")])
def regex_escape(meter: Meter, x: str) -> str:
    """The text with everything that means something in a pattern escaped."""
    meter.chars(2 * len(x), x.isascii())
    meter.steps(len(x) >> 1)
    return "".join(f"\\{char}" if char.isascii() and not (char.isalnum() or char == "_") else char for char in x)


def _given(regex: _Regex, found: _Match) -> Any:
    if regex.groupindex:
        return {name: found.group(place) for name, place in regex.groupindex.items()}
    return list(found.groups()) if regex.groups else found.group()


def _template(replacement: str, groups: int) -> list[str | int]:
    out: list[str | int] = []
    literal = ""
    place = 0
    while place < len(replacement):
        char = replacement[place]
        following = replacement[place + 1 : place + 2]
        if char == "\\" and following.isdecimal() and following.isascii():
            if int(following) > groups:
                raise ExpressionError("expression.group", "The pattern has no group {group}.", group=following)
            out += [literal, int(following)]
            literal = ""
            place += 2
        elif char == "\\" and following == "\\":
            literal += "\\"
            place += 2
        else:
            literal += char
            place += 1
    return [*out, literal]
