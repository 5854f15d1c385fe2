"""Dates, times and durations: reading and writing them without the host's locale or C library.

An instant is an aware ``datetime``; a text without offset is taken as UTC. A calendar day is a ``date``.
"""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from studio.domain.errors import ExpressionError

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,2}", re.ASCII)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name, or an offset such as ``+02:00``."""
    if name in ("UTC", "Z"):
        return UTC
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", name, re.ASCII)
    try:
        if offset is not None:
            return _offset(name)
        if len(name) <= 64 and _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        pass
    raise ExpressionError("expression.time_zone", "'{zone}' is no time zone; write Europe/Paris.", zone=name[:64])


def _offset(text: str) -> tzinfo:
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or "0")
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def parse(text: str) -> datetime | date | None:
    """The day or instant an ISO 8601 text names, None where it is none. Without offset it is UTC."""
    found = _ISO.fullmatch(text.strip()) if len(text) <= 64 else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        if hour is None:
            return date(int(year), int(month), int(day))
        where = UTC if offset in (None, "Z", "z") else _offset(offset)
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, where)
    except ValueError:
        return None


def instant(value: Any) -> datetime | None:
    """An instant from an instant, a day (its beginning in UTC), an ISO text or seconds since 1970; else None."""
    cls = type(value)
    if cls is datetime:
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if cls is date:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if cls is str:
        parsed = parse(value)
        return None if parsed is None else instant(parsed)
    if cls is int or cls is float:
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return None


def shift(value: datetime | date, by: timedelta) -> datetime | date:
    """A day or instant moved; a day moved by whole days stays a day.

    Raises:
        OverflowError: It would lie outside the years 1 to 9999.
    """
    if type(value) is date and by % timedelta(days=1):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value + by


def write(value: datetime | date, pattern: str) -> str:
    """A day or instant in the directives of ``strftime``, names in English, nothing depending on the host."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)

    def one(found: re.Match[str]) -> str:
        piece = _directive(moment, found.group(1))
        if piece is None:
            raise ExpressionError(
                "expression.date_format",
                "'{directive}' is no part of a date format; use %Y %m %d %H %M %S %b %B %a %A %j %V %z.",
                directive=found.group(),
            )
        return piece

    return re.sub(r"%(.|\Z)", one, pattern, flags=re.DOTALL)


def _directive(at: datetime, letter: str) -> str | None:
    offset = at.strftime("%z")
    known = {
        "Y": f"{at.year:04d}", "m": f"{at.month:02d}", "d": f"{at.day:02d}", "H": f"{at.hour:02d}",
        "M": f"{at.minute:02d}", "S": f"{at.second:02d}", "f": f"{at.microsecond:06d}", "y": f"{at.year % 100:02d}",
        "I": f"{(at.hour - 1) % 12 + 1:02d}", "p": "AM" if at.hour < 12 else "PM", "b": _MONTHS[at.month - 1][:3],
        "B": _MONTHS[at.month - 1], "a": _DAYS[at.weekday()][:3], "A": _DAYS[at.weekday()],
        "j": f"{at.timetuple().tm_yday:03d}", "V": f"{at.isocalendar().week:02d}", "G": f"{at.isocalendar().year:04d}",
        "u": str(at.isoweekday()), "e": str(at.day), "F": f"{at.year:04d}-{at.month:02d}-{at.day:02d}",
        "T": f"{at.hour:02d}:{at.minute:02d}:{at.second:02d}", "z": offset, "Z": at.tzname() or "", "%": "%",
        "s": str(int(at.timestamp())), "L": f"{at.microsecond // 1000:03d}",
    }  # fmt: skip
    return known.get(letter)


_READ = {
    "Y": r"(?P<Y>\d{4})", "m": r"(?P<m>\d\d?)", "d": r"(?P<d>\d\d?)", "H": r"(?P<H>\d\d?)", "M": r"(?P<M>\d\d?)",
    "S": r"(?P<S>\d\d?)", "f": r"(?P<f>\d{1,6})", "y": r"(?P<y>\d\d)", "I": r"(?P<I>\d\d?)",
    "p": r"(?P<p>[AaPp][Mm])", "b": r"(?P<b>[A-Za-z]{3})", "B": r"(?P<B>[A-Za-z]{3,9})", "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]{6,9}", "z": r"(?P<z>Z|[+-]\d\d:?\d\d)", "%": "%", "e": r"\s?(?P<d>\d\d?)",
}  # fmt: skip

_SAME = {"e": "d"}
"""Directives that read the same part of a date as another."""


def read(text: str, pattern: str) -> datetime | None:
    """The instant that ``text`` names in the directives of ``strptime``, None where it does not fit.

    Raises:
        ExpressionError: The pattern has an unknown or repeated directive.
    """
    parts: list[str] = []
    used: set[str] = set()
    for piece in re.split(r"(%.?)", pattern[:200], flags=re.DOTALL):
        if piece[:1] == "%":
            known = _READ.get(piece[1:])
            letter = _SAME.get(piece[1:], piece[1:])
            if known is None or letter in used:
                raise ExpressionError(
                    "expression.date_format",
                    "'{directive}' is no part of a date format; use %Y %m %d %H %M %S %b %B %a %A %j %V %z.",
                    directive=piece,
                )
            parts.append(known)
            if letter != "%":
                used.add(letter)  # twice the same would be ambiguous, and many times the same slow beyond bounds
        else:
            parts.append(re.escape(piece))
    found = re.fullmatch("".join(parts), text.strip(), re.ASCII) if len(text) <= 200 else None
    if found is None:
        return None
    return _assemble({name: value for name, value in found.groupdict().items() if value is not None})


def _assemble(got: dict[str, str]) -> datetime | None:
    month = int(got.get("m", "1"))
    for letter, length in (("b", 3), ("B", 9)):
        if letter in got:
            names = [name[:length].lower() for name in _MONTHS]
            if got[letter].lower() not in names:
                return None
            month = names.index(got[letter].lower()) + 1
    year = int(got["Y"]) if "Y" in got else 1970
    if "y" in got:
        year = int(got["y"]) + (1900 if int(got["y"]) >= 69 else 2000)
    hour = int(got.get("H", got.get("I", "0")))
    if "p" in got:
        hour = hour % 12 + (12 if got["p"].lower() == "pm" else 0)
    where = UTC if got.get("z", "Z") == "Z" else _offset(got["z"])
    micro = int(got.get("f", "0").ljust(6, "0"))
    try:
        return datetime(
            year, month, int(got.get("d", "1")), hour, int(got.get("M", "0")), int(got.get("S", "0")), micro, where
        )
    except ValueError:
        return None
