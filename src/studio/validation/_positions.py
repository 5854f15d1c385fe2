"""Where things stand in the text of a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

Key: TypeAlias = str | int
Path: TypeAlias = tuple[Key, ...]

NO_NODE = "\0"
"""Both ends of what holds the place of an edge that could not be read and was reported. No document can name it."""


class Place:
    """A node of the raw tree: where it begins and ends, how it is written, what it holds.

    ``line`` and ``column`` count from 1, ``start`` and ``end`` are character offsets. ``style`` is ``'``, ``"``,
    ``|`` or ``>`` for scalars and empty for plain ones and collections.
    """

    __slots__ = ("column", "end", "items", "keys", "line", "start", "style")

    def __init__(self, line: int, column: int, start: int, end: int, style: str = "") -> None:
        self.line = line
        self.column = column
        self.start = start
        self.end = end
        self.style = style
        self.keys: dict[str, Place] = {}
        self.items: dict[Key, Place] = {}


class Positions:
    """Looks up the place of a path such as ``("nodes", "load", "params", "path")`` in the text.

    ``build`` makes the tree of places at the first question, because a document without problems needs none.
    """

    def __init__(self, text: str, build: Callable[[], Place | None]) -> None:
        self._text = text
        self._build = build
        self._built = False
        self._root: Place | None = None

    @property
    def root(self) -> Place | None:
        """The place of the whole document, None where it has no text."""
        if not self._built:
            self._built = True
            self._root = self._build()
        return self._root

    def place(self, path: Sequence[Key], *, key: bool = False) -> Place | None:
        """The place of the value at ``path`` (or of its key), or of the nearest thing around it that exists."""
        here = self.root
        if here is None:
            return None
        last = len(path) - 1
        for depth, name in enumerate(path):
            if key and depth == last and isinstance(name, str) and name in here.keys:
                return here.keys[name]
            inner = here.items.get(name)
            if inner is None:
                return here
            here = inner
        return here

    def at(self, path: Sequence[Key], *, key: bool = False) -> tuple[int, int] | tuple[None, None]:
        """Line and column of ``place``, both from 1; two Nones where the document has no text."""
        place = self.place(path, key=key)
        return (place.line, place.column) if place else (None, None)

    def within(self, path: Sequence[Key], offset: int) -> tuple[int, int] | tuple[None, None]:
        """Line and column of character ``offset`` of the text value at ``path``."""
        place = self.place(path)
        if place is None:
            return (None, None)
        return line_and_column(self._text, source_offset(self._text, place, offset))


NOWHERE = Positions("", lambda: None)
"""Positions of a document that has no text."""


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character offset. Lines end at LF, CRLF or CR."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def source_offset(text: str, place: Place, offset: int) -> int:
    """Where character ``offset`` of a scalar's value stands in ``text``.

    Plain and quoted scalars are read again with their escapes and folded line breaks, block scalars with their
    indentation. Where a folding is too intricate the result stays on the right line.
    """
    if place.items:
        return place.start
    if place.style in ("|", ">"):
        return _in_block(text, place, offset)
    return _in_flow(text, place, offset)


_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}
_BREAKS = "\r\n"


def _in_flow(text: str, place: Place, offset: int) -> int:
    """Plain, single and double quoted scalars; a line break with its indentation counts as one character."""
    at = place.start + (1 if place.style else 0)
    end = place.end - (1 if place.style else 0)
    for _ in range(offset):
        if at >= end:
            break
        at = _after_one(text, at, end, place.style)
    return min(at, max(end, place.start))


def _after_one(text: str, at: int, end: int, style: str) -> int:
    """The offset after the source of one character of the value."""
    char = text[at]
    if style == '"' and char == "\\" and at + 1 < end:
        if text[at + 1] in _BREAKS:
            return _after_one(text, _skip_blank(text, at + 1, end), end, style)
        return at + _escape_length(text, at)
    if style == "'" and char == "'":
        return at + 2
    if char in " \t\r\n":
        after = _skip_blank(text, at, end)
        broken = [place for place in range(at, after) if text[place] == "\n" or text[place : place + 2] == "\r\n"]
        return after if broken else at + 1
    return at + 1


def _escape_length(text: str, at: int) -> int:
    length = _ESCAPE_LENGTH.get(text[at + 1], 2)
    if length == 6 and text[at + 2 : at + 4].lower() in ("d8", "d9", "da", "db") and text[at + 6 : at + 8] == "\\u":
        return 12
    return length


def _skip_blank(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t\r\n":
        at += 1
    return at


def _in_block(text: str, place: Place, offset: int) -> int:
    """Literal and folded blocks: every line loses the indentation of the block."""
    body = text.find("\n", place.start, place.end) + 1 or place.end
    indent = _block_indent(text, body, place)
    at = body
    while at < place.end:
        line_end = text.find("\n", at, place.end)
        line_end = place.end if line_end < 0 else line_end
        content = min(at + indent, line_end)
        length = line_end - content - (1 if text[content:line_end].endswith("\r") else 0)
        if offset <= length:
            return content + offset
        offset -= length + 1
        at = line_end + 1
    return min(at, place.end)


def _block_indent(text: str, body: int, place: Place) -> int:
    header = text[place.start : body]
    lines = text[body : place.end].split("\n")
    first = next((line for line in lines if line.strip()), "")
    found = len(first) - len(first.lstrip(" "))
    stated = next((int(char) for char in header.split("#")[0] if char.isdigit()), 0)
    if not stated:
        return found
    line_start = text.rfind("\n", 0, place.start) + 1
    parent = len(text[line_start : place.start]) - len(text[line_start : place.start].lstrip(" -?"))
    return min(found, max(parent + stated, stated)) if found else stated
