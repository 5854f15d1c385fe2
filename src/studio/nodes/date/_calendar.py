"""Reckoning in calendar units."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from studio.nodes.date._moment import out_of_range, settled

Unit: TypeAlias = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def shifted(at: datetime, unit: Unit, count: float) -> datetime:
    """``count`` units later, earlier where it is negative.

    Seconds to hours pass on the clock; days and longer units keep the wall time whatever the clock changes, and take
    whole numbers. A day that the month has not becomes its last.

    Raises:
        UserError: It would leave the calendar.
    """
    try:
        if unit in _SECONDS:
            return (at.astimezone(UTC) + timedelta(seconds=count * _SECONDS[unit])).astimezone(at.tzinfo)
        if unit in _MONTHS:
            return settled(_months_later(at, int(count) * _MONTHS[unit]))
        return settled(at + timedelta(days=int(count) * (7 if unit == "week" else 1)))
    except (OverflowError, ValueError):
        out_of_range()


def _months_later(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def start_of(at: datetime, unit: Unit, week_start: int = 1) -> datetime:
    """The beginning of the unit that a moment lies in. A week begins with ``week_start``; Monday is 1, Sunday 7.

    Raises:
        UserError: It lies before the calendar begins.
    """
    if unit in _SECONDS:
        second = 0 if unit in ("minute", "hour") else at.second
        return at.replace(minute=0 if unit == "hour" else at.minute, second=second, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if unit == "week":
        try:
            day -= timedelta(days=(day.isoweekday() - week_start) % 7)
        except OverflowError:
            out_of_range()
    elif unit in _MONTHS:
        first = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        day = day.replace(month=first, day=1)
    return settled(day)
