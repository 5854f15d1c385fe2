"""Working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from studio.sdk import UserError

Weekend = Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=6)]
"""Weekdays on which nobody works: Monday is 1, Sunday 7."""

SATURDAY_SUNDAY = (6, 7)


def holidays(texts: Iterable[str]) -> frozenset[date]:
    """Days off, from ISO texts.

    Raises:
        UserError: One of them is no day (``date.bad_holiday``).
    """
    days: set[date] = set()
    for text in texts:
        try:
            days.add(date.fromisoformat(text[:10]))
        except ValueError as error:
            raise UserError(
                "date.bad_holiday", "{text} among the holidays is no day; write 2026-12-25.", text=repr(text[:40])
            ) from error
    return frozenset(days)


def works(day: date, weekend: frozenset[int], off: frozenset[date]) -> bool:
    """Whether people work on a day."""
    return day.isoweekday() not in weekend and day not in off
