"""Functions over days, instants and durations."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import Any

from studio.domain.durations import parse_duration
from studio.domain.errors import ExpressionError
from studio.expressions import _temporal
from studio.expressions._limits import Meter
from studio.expressions._registry import function
from studio.expressions._values import seconds_of


def _bad_time(value: Any) -> ExpressionError:
    return ExpressionError(
        "expression.bad_time",
        "'{text}' names no date or time; write 2024-05-31 or 2024-05-31T12:00:00Z, or give a format.",
        text=str(value)[:60],
    )


@function(
    "dates",
    "date",
    [("date('2024-05-31')", "2024-05-31"), ("date('2024-05-31T23:00:00Z') + days(1)", "2024-06-01"),
     ("date('31.05.2024', '%d.%m.%Y')", "2024-05-31")],
    flow="number",
)  # fmt: skip
def date_(meter: Meter, x: Any, format: str | None = None) -> date:
    """The calendar day of a text or instant; with a format, of a text written in it."""
    if format is not None:
        return _read(x, format).date()
    if type(x) is date:
        return x
    found = _temporal.parse(x) if type(x) is str else _temporal.instant(x)
    if found is None:
        raise _bad_time(x)
    return found.date() if isinstance(found, datetime) else found


@function(
    "dates",
    "datetime",
    [("datetime('2024-05-31T12:00:00+02:00')", "2024-05-31T12:00:00+02:00"),
     ("datetime(0)", "1970-01-01T00:00:00+00:00"),
     ("datetime('31.05.24 7:30', '%d.%m.%y %H:%M')", "2024-05-31T07:30:00+00:00"),
     ("datetime('2024-05-31T12:00', zone='Europe/Paris')", "2024-05-31T12:00:00+02:00")],
    flow="number",
)  # fmt: skip
def datetime_(meter: Meter, x: Any, format: str | None = None, zone: str | None = None) -> datetime:
    """The instant of a text, day, or seconds since 1970. Texts without offset are in the zone, UTC by default."""
    found = _read(x, format) if format is not None else _temporal.instant(x)
    if found is None:
        raise _bad_time(x)
    bare = type(x) is date or (type(x) is str and not _has_offset(x, format))
    return found.replace(tzinfo=_temporal.zone(zone)) if zone is not None and bare else found


def _has_offset(x: str, pattern: str | None) -> bool:
    if pattern is not None:
        return "%z" in pattern
    tail = x.strip()[10:]
    return tail[-1:] in ("Z", "z") or "+" in tail or "-" in tail


def _read(x: Any, pattern: str) -> datetime:
    found = _temporal.read(x, pattern) if type(x) is str else None
    if found is None:
        raise _bad_time(x)
    return found


@function("dates", "text", [("format_date('2024-05-31T07:05:00Z', '%d %b %Y, %H:%M')", "31 May 2024, 07:05")])
def format_date(meter: Meter, x: datetime | date, format: str = "%Y-%m-%d") -> str:
    """A day or instant written in a format, names in English."""
    if len(format) > 500:
        raise ExpressionError("expression.date_format_length", "A date format has at most 500 characters.")
    meter.steps(10 + len(format))
    return _temporal.write(x, format)


@function(
    "dates", "datetime", [("in_zone('2024-05-31T12:00:00Z', 'Asia/Tokyo')", "2024-05-31T21:00:00+09:00")], flow="number"
)
def in_zone(meter: Meter, x: datetime, zone: str) -> datetime:
    """The same instant as clocks in a time zone show it."""
    return x.astimezone(_temporal.zone(zone))


@function("dates", "number", [("timestamp('1970-01-02')", 86400), ("timestamp('1970-01-01T00:00:00.5Z')", 0.5)])
def timestamp(meter: Meter, x: datetime) -> int | float:
    """Seconds since 1970 (UTC)."""
    return seconds_of(x - datetime(1970, 1, 1, tzinfo=UTC))


@function("dates", "duration", [("days(2)", 172800), ("date('2024-02-28') + days(2)", "2024-03-01")], flow="number")
def days(meter: Meter, n: float) -> timedelta:
    """So many days, to add to or subtract from a date. As a result it becomes seconds."""
    return timedelta(days=n)


@function("dates", "duration", [("weeks(1)", 604800)], flow="number")
def weeks(meter: Meter, n: float) -> timedelta:
    """So many weeks."""
    return timedelta(weeks=n)


@function("dates", "duration", [("hours(1.5)", 5400)], flow="number")
def hours(meter: Meter, n: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=n)


@function("dates", "duration", [("minutes(5)", 300)], flow="number")
def minutes(meter: Meter, n: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=n)


@function("dates", "duration", [("seconds(90) / minutes(1)", 1.5)], flow="number")
def seconds(meter: Meter, n: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=n)


@function("dates", "duration", [("duration('1h30m')", 5400)], flow="number")
def duration(meter: Meter, x: Any) -> timedelta:
    """A duration as it is written in workflow files: 250ms, 10s, 5m, 1h30m, 2d, or seconds."""
    if type(x) is timedelta:
        return x
    if type(x) not in (str, int, float) or len(str(x)) > 100:
        raise ExpressionError("expression.bad_duration", "A duration is written as 10s, 5m, 1h30m or 2d.")
    try:
        return timedelta(seconds=parse_duration(x))
    except ValueError:
        raise ExpressionError("expression.bad_duration", "A duration is written as 10s, 5m, 1h30m or 2d.") from None


@function(
    "dates",
    "same_time",
    [("add_months('2024-01-31', 1)", "2024-02-29"), ("add_months('2024-03-15', -12)", "2023-03-15")],
    flow="number",
)
def add_months(meter: Meter, x: datetime | date, n: int) -> datetime | date:
    """So many months later; days beyond the end of a month become its last day."""
    if abs(n) > 120_000:
        raise OverflowError("beyond the calendar")
    count = x.year * 12 + x.month - 1 + n
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("beyond the calendar")
    return x.replace(year=year, month=month + 1, day=min(x.day, calendar.monthrange(year, month + 1)[1]))


@function("dates", "float", [("days_between('2024-01-01', '2024-03-01')", 60.0)], flow="number")
def days_between(meter: Meter, start: datetime, end: datetime) -> float:
    """Days from the first to the second, negative where the second is earlier."""
    return (end - start) / timedelta(days=1)


@function(
    "dates",
    "datetime",
    [
        ("start_of('2024-05-31T12:34:56Z', 'hour')", "2024-05-31T12:00:00+00:00"),
        ("start_of('2024-05-31', 'month')", "2024-05-01T00:00:00+00:00"),
    ],
    flow="number",
)
def start_of(meter: Meter, x: datetime, unit: str) -> datetime:
    """The beginning of the year, month, week (Monday), day, hour or minute that an instant lies in."""
    if unit == "week":
        return x.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=x.weekday())
    parts: dict[str, Any] = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    keep = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4}.get(unit)
    if keep is None:
        raise ExpressionError("expression.unit", "The unit is year, month, week, day, hour or minute.")
    return x.replace(**dict(list(parts.items())[keep:]))
