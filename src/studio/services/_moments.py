"""Moments as they are written on a command line: ISO 8601, or how long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from studio.domain.durations import parse_duration
from studio.domain.errors import UserError

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(text: str, option: str, now: int) -> int:
    """Microseconds since 1970 of ``2026-11-28T14:00Z``, ``2026-11-28`` (in this machine's zone) or ``2h`` (ago).

    Raises:
        UserError: It is neither.
    """
    try:
        return now - int(parse_duration(text) * 1e6)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo is not None else moment.astimezone()
        return (aware - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(
            "cli.moment",
            "{option}: {text} is no time; write for example 2h, 1d, 2026-11-28 or 2026-11-28T14:00+01:00.",
            option=option,
            text=repr(text[:60]),
        ).at(param=option) from error
