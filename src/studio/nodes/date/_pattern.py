"""Reading dates by a pattern, with the letters that ``date.format`` writes with (Unicode TR 35)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from studio.sdk import Refusal, UserError

if TYPE_CHECKING:
    from babel import Locale

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|\s+|[^A-Za-z'\s]")
_NUMBERS = {"d": 2, "H": 2, "k": 2, "h": 2, "K": 2, "m": 2, "s": 2, "S": 9, "D": 3}
_PIVOT = 69
"""Two-digit years from here on belong to the 1900s (POSIX strptime)."""


class DatePattern:
    """A pattern such as ``d MMMM yyyy HH:mm``, compiled for a locale."""

    def __init__(self, pattern: str, locale: Locale) -> None:
        """Compile.

        Raises:
            UserError: It has a letter that cannot be read (``date.bad_pattern``).
        """
        self._names: dict[str, Mapping[str, int]] = {}
        self._locale = locale
        parts: list[str] = []
        for match in _TOKEN.finditer(pattern):
            token = match[0]
            if match[1] is not None:
                parts.append(re.escape(match[1].replace("''", "'") or "'"))
            elif match[2] is not None:
                parts.append(self._field(token))
            else:
                parts.append(r"\s+" if token.isspace() else re.escape(token))
        self._regex = re.compile("".join(parts), re.IGNORECASE)

    def _field(self, token: str) -> str:
        letter, width = token[0], len(token)
        if letter in ("y", "u"):
            return r"(?P<yy>\d{2})" if width == 2 else r"(?P<y>\d{4})"
        if letter in ("M", "L"):
            return self._named("M", "months", width) if width > 2 else r"(?P<Mn>\d{1,2})"
        if letter == "E":
            return self._named("E", "days", max(width, 3))
        if letter == "a":
            return self._day_periods()
        if letter in ("X", "x", "Z"):
            return r"(?P<X>Z|[+-]\d\d(?::?\d\d)?)"
        if letter == "D" or letter not in _NUMBERS:
            raise UserError("date.bad_pattern", "The pattern has {token}, which cannot be read.", token=token)
        digits = rf"\d{{{width}}}" if width > 1 or letter == "S" else rf"\d{{1,{_NUMBERS[letter]}}}"
        return f"(?P<{letter}>{digits})"

    def _named(self, key: str, kind: str, width: int) -> str:
        form = {3: "abbreviated", 4: "wide"}.get(width, "wide")
        names: dict[str, int] = {}
        for context in ("format", "stand-alone"):
            table: Mapping[int, str] = getattr(self._locale, kind)[context][form]
            names |= {name.casefold().rstrip("."): number for number, name in table.items()}
        self._names[key] = names
        ordered = sorted(names, key=len, reverse=True)
        return rf"(?P<{key}>{'|'.join(map(re.escape, ordered))})\.?"

    def _day_periods(self) -> str:
        table: Any = self._locale.day_periods["format"]["abbreviated"]
        names = {"am": 0, "pm": 1, str(table["am"]).casefold(): 0, str(table["pm"]).casefold(): 1}
        self._names["a"] = names
        return f"(?P<a>{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"

    def read(self, text: str, default_zone: tzinfo) -> tuple[datetime, bool] | None:
        """The moment, and whether there was no time; None where the text does not fit.

        Raises:
            ValueError: It fits, but there is no such day or time.
        """
        match = self._regex.fullmatch(text.strip())
        if match is None:
            return None
        found = {name: value for name, value in match.groupdict().items() if value is not None}
        clock = {"H", "k", "h", "K", "m", "s"} & found.keys()
        at = datetime(
            self._year(found),
            self._month(found),
            int(found.get("d", 1)),
            self._hour(found),
            int(found.get("m", 0)),
            int(found.get("s", 0)),
            int(found.get("S", "0").ljust(6, "0")[:6]),
            _offset(found["X"]) if "X" in found else default_zone,
        )
        return at, not clock and "X" not in found

    def _year(self, found: Mapping[str, str]) -> int:
        if "yy" in found:
            short = int(found["yy"])
            return short + (1900 if short >= _PIVOT else 2000)
        if "y" not in found:
            raise Refusal("date.no_year", "the pattern names no year")
        return int(found["y"])

    def _month(self, found: Mapping[str, str]) -> int:
        if "M" in found:
            return self._names["M"][found["M"].casefold()]
        return int(found.get("Mn", 1))

    def _hour(self, found: Mapping[str, str]) -> int:
        if "H" in found or "k" in found:
            return int(found.get("H") or found["k"]) % (24 if "k" in found else 100)
        half = found.get("h") or found.get("K")
        if half is None:
            return 0
        hour = int(half)
        if not (1 <= hour <= 12 if "h" in found else 0 <= hour <= 11):
            raise Refusal("date.twelve_hours", "the hour does not exist on a twelve-hour clock")
        return hour % 12 + 12 * (self._names["a"][found["a"].casefold()] if "a" in found else 0)


def _offset(text: str) -> tzinfo:
    if text in ("Z", "z"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
