"""Moments as params: reading and writing ISO 8601, time zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

from pydantic import Field

from studio.sdk import NodeContext, UserError

DateText = Annotated[str, Field(max_length=100, json_schema_extra={"x-widget": "datetime"})]
"""A day (``2026-03-01``) or a moment (``2026-03-01T08:30:00+01:00``) as ISO 8601 text."""

ZoneName = Annotated[str, Field(min_length=1, max_length=64, json_schema_extra={"x-widget": "time_zone"})]
"""A time zone by IANA name (``Europe/Paris``) or as an offset (``+02:00``)."""

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z|\d{8}\Z|\d{4}-?W\d\d-?\d\Z")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its zone, and whether it was written as a day without time."""

    at: datetime
    day_only: bool


def zone(name: str) -> tzinfo:
    """A time zone.

    Raises:
        UserError: There is none of that name (``date.unknown_zone``).
    """
    if name in ("UTC", "Z"):
        return UTC
    if offset := _OFFSET.match(name):
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise UserError(
            "date.unknown_zone",
            "There is no time zone {zone}; write for example Europe/Paris, UTC or +02:00.",
            zone=repr(name),
        ) from error


def read(text: str, zone_name: str | None, ctx: NodeContext) -> Moment:
    """The moment that a text names, in the zone where one is given.

    Without an offset it is taken in the zone given, or in the workflow's.

    Raises:
        UserError: It is not ISO 8601 (``date.not_a_date``), or the zone does not exist.
    """
    written = text.strip()
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise UserError(
            "date.not_a_date",
            "{text} is not a date; write 2026-03-01 or 2026-03-01T08:30:00Z. `date.parse` reads other forms.",
            text=repr(text[:60]),
        ) from error
    if at.tzinfo is None:
        return Moment(at.replace(tzinfo=zone(zone_name or ctx.time_zone)), bool(_DAY.match(written)))
    try:
        return Moment(at if zone_name is None else at.astimezone(zone(zone_name)), day_only=False)
    except OverflowError:
        out_of_range()


def write(moment: Moment) -> str:
    """The moment as ISO 8601: a day where it was one and still has no time, else date, time and offset."""
    at = moment.at
    if moment.day_only and not (at.hour or at.minute or at.second or at.microsecond):
        return at.date().isoformat()
    return at.isoformat()


def settled(at: datetime) -> datetime:
    """The same moment where a clock change made the wall time jump: 02:30 that never was becomes 03:30."""
    try:
        return at.astimezone(UTC).astimezone(at.tzinfo)
    except OverflowError:
        out_of_range()


def in_zone(at: datetime, where: tzinfo | None) -> datetime:
    """The same moment in another zone."""
    try:
        return at.astimezone(where)
    except OverflowError:
        out_of_range()


def out_of_range() -> NoReturn:
    """Refuse a date outside of the calendar."""
    raise UserError("date.out_of_range", "The date would lie outside of the years 1 to 9999.")
