"""Rows of comma-separated values, as objects."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from studio.sdk import Refusal, UserError, reason_of

Kind: TypeAlias = Literal["text", "auto", "integer", "number", "boolean"]

DELIMITERS = ",;\t|"
LONGEST_CELL = 10_000_000
MOST_COLUMNS = 20_000
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})


@dataclass(slots=True)
class Layout:
    """How the text is written, and what is wanted of it."""

    delimiter: str | None = None
    header: bool = True
    names: list[str] = field(default_factory=list[str])
    types: Kind | dict[str, Kind] = "text"
    ragged: Literal["fail", "fill"] = "fail"
    empty_as_null: bool = False


class Reader:
    """Gives one object per row. ``columns`` is known once the first row has been asked for."""

    def __init__(self, lines: Iterable[str], layout: Layout) -> None:
        self.columns: list[str] = []
        self._layout = layout
        self._rows = self._parsed(lines)
        self._converters: list[Callable[[str], Any]] = []

    def _parsed(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, with the number of their last line."""
        source = iter(lines)
        head = list(itertools.islice(source, 20))
        if head:
            head[0] = head[0].removeprefix("\ufeff")
        delimiter = self._layout.delimiter or sniffed(head)
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(itertools.chain(head, source), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            raise UserError(
                "csv.broken", "Line {line} cannot be read: {reason}.", line=reader.line_num, reason=str(error)
            ) from error

    def start(self) -> None:
        """Read the header, so that ``columns`` is known.

        Raises:
            UserError: There are too many columns, or ``types`` names one that does not exist.
        """
        first = next(self._rows, None)
        if first is None:
            self.columns = list(self._layout.names)
            return
        width = len(first[1])
        if width > MOST_COLUMNS:
            raise UserError(
                "csv.too_wide", "There are {count} columns; {limit} is the most.", count=width, limit=MOST_COLUMNS
            )
        written = first[1] if self._layout.header else [""] * width
        self.columns = _names(self._layout.names or written, width)
        if not self._layout.header:
            self._rows = itertools.chain([first], self._rows)
        self._converters = self._conversions()

    def _conversions(self) -> list[Callable[[str], Any]]:
        types = self._layout.types
        if isinstance(types, str):
            return [_CONVERTERS[types]] * len(self.columns)
        for name in types:
            if name not in self.columns:
                raise UserError(
                    "csv.unknown_column",
                    "`types` names the column {name}; there are {columns}.",
                    name=name,
                    columns=", ".join(self.columns[:20]),
                )
        return [_CONVERTERS[types.get(name, "text")] for name in self.columns]

    def rows(self, count: int) -> list[dict[str, Any]]:
        """The next rows, up to ``count``; empty at the end."""
        return [self._object(line, row) for line, row in itertools.islice(self._rows, count)]

    def _object(self, line: int, row: list[str]) -> dict[str, Any]:
        width = len(self.columns)
        if len(row) != width:
            if self._layout.ragged == "fail" or len(row) > width:
                raise UserError(
                    "csv.ragged",
                    "Line {line} has {count} cells; the header has {width}.",
                    line=line,
                    count=len(row),
                    width=width,
                )
            row = row + [""] * (width - len(row))
        out: dict[str, Any] = {}
        for name, cell, convert in zip(self.columns, row, self._converters, strict=True):
            if cell == "" and (self._layout.empty_as_null or convert is not _text):
                out[name] = None
                continue
            try:
                out[name] = convert(cell)
            except ValueError as error:
                raise UserError(
                    "csv.bad_cell",
                    "Line {line}, column {name}: {cell} is not {kind}.",
                    line=line,
                    name=name,
                    cell=repr(cell[:60]),
                    kind=reason_of(error),
                ) from error
        return out


def sniffed(lines: list[str]) -> str:
    """The delimiter that parts the first lines most evenly, a comma where none does."""
    best = (0, 0, ",")
    for rank, delimiter in enumerate(DELIMITERS):
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            even = sum(width == widths[0] for width in widths)
            best = max(best, (even * 100 // len(widths), widths[0] * 10 - rank, delimiter))
    return best[2]


def _names(written: list[str], width: int) -> list[str]:
    """Names of all columns, each once: empty ones are numbered, repeated ones get a number behind."""
    names: list[str] = []
    taken: set[str] = set()
    for place in range(width):
        base = written[place].strip() if place < len(written) else ""
        base = name = base or f"column_{place + 1}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names.append(name)
    return names


def _text(cell: str) -> str:
    return cell


def _integer(cell: str) -> int:
    plain = cell.strip()
    if len(plain) > 20 or not plain.lstrip("+-").isdecimal() or not -(2**63) <= int(plain) < 2**63:
        raise Refusal("csv.whole_number", "a whole number")
    return int(plain)


def _number(cell: str) -> float | int:
    try:
        return _integer(cell)
    except ValueError:
        pass
    if "_" in cell:
        raise Refusal("csv.number", "a number")
    try:
        number = float(cell)
    except ValueError:
        raise Refusal("csv.number", "a number") from None
    if number - number != 0:
        raise Refusal("csv.finite", "a finite number")
    return number


def _boolean(cell: str) -> bool:
    word = cell.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Refusal("csv.flag", "true or false")


def _auto(cell: str) -> Any:
    """Numbers and truth values as such. Leading zeros and a leading plus mark codes, not numbers."""
    if cell in ("true", "false"):
        return cell == "true"
    digits = cell.lstrip("-")
    if not digits[:1].isdecimal() or (len(digits) > 1 and digits[0] == "0" and digits[1] != ".") or len(digits) > 25:
        return cell
    try:
        return _number(cell)
    except ValueError:
        return cell


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "auto": _auto,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
