"""date.parse."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from studio.nodes.date._locale import locale_of
from studio.nodes.date._moment import Moment, ZoneName, read, write, zone
from studio.nodes.date._pattern import DatePattern
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError, reason_of

_LONGEST = 200
_MILLISECONDS = 10**11
"""Numbers from here on are milliseconds since 1970: as seconds they lie beyond the year 5138."""


class Parse(BaseNode):
    """Read a date in another form and give it as ISO 8601.

    Without a pattern these are read: ISO 8601, the form of mail and HTTP headers, and seconds or milliseconds since
    1970. Patterns use the letters of ``date.format``: ``d MMMM yyyy``, ``dd.MM.yy HH:mm``, ``h:mm a``.
    """

    type = "date.parse"
    title = "Parse date"
    keywords = ("read", "convert", "strptime", "timestamp", "epoch", "unix", "rfc 2822")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str | int | float = Param(description="The date")
        pattern: str | None = Param(None, max_length=200, description="How it is written, such as dd/MM/yyyy")
        locale: str = Param("en", max_length=40, description="Language of month and day names")
        zone: ZoneName | None = Param(None, description="Time zone where it names none; the workflow's without")

    class Output(NodeModel):
        date: str
        timestamp: float

    examples = (
        Example(
            title="French words",
            input={"text": "3 février 2026", "pattern": "d MMMM yyyy", "locale": "fr"},
            output={"date": "2026-02-03"},
        ),
        Example(
            title="A mail's header",
            input={"text": "Tue, 3 Feb 2026 08:30:00 +0100"},
            output={"timestamp": 1770103800.0},
        ),
        Example(title="Milliseconds", input={"text": 1770103800000}, output={"date": "2026-02-03T07:30:00+00:00"}),
        Example(
            title="Twelve-hour clock",
            input={"text": "02/03/26 8:05 PM", "pattern": "MM/dd/yy h:mm a", "zone": "America/New_York"},
            output={"date": "2026-02-03T20:05:00-05:00"},
        ),
        Example(title="No such day", input={"text": "31.02.2026", "pattern": "dd.MM.yyyy"}, error="date.no_such_time"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if not isinstance(input.text, str):
            moment = _from_number(input.text)
        elif len(input.text) > _LONGEST:
            raise UserError("date.text_too_long", "A date has at most {limit} characters.", limit=_LONGEST)
        elif input.pattern is None:
            moment = _usual(input.text, input.zone, ctx)
        else:
            moment = _by_pattern(input.text, input.pattern, input.locale, input.zone or ctx.time_zone)
        return self.Output(date=write(moment), timestamp=moment.at.timestamp())


def _from_number(number: float) -> Moment:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS else number
    try:
        return Moment(datetime.fromtimestamp(seconds, UTC), day_only=False)
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(
            "date.number_out_of_range",
            "{number} lies outside of the calendar, as seconds or milliseconds.",
            number=number,
        ) from error


def _usual(text: str, zone_name: str | None, ctx: NodeContext) -> Moment:
    try:
        return read(text, zone_name, ctx)
    except UserError as error:
        if error.code != "date.not_a_date":
            raise
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError) as error:
        raise UserError(
            "date.not_readable", "{text} is a date in no usual form; give a pattern.", text=repr(text[:60])
        ) from error
    return Moment(at if at.tzinfo else at.replace(tzinfo=zone(zone_name or ctx.time_zone)), day_only=False)


def _by_pattern(text: str, pattern: str, locale: str, zone_name: str) -> Moment:
    try:
        found = DatePattern(pattern, locale_of(locale)).read(text, zone(zone_name))
    except ValueError as error:
        raise UserError(
            "date.no_such_time",
            "{text} fits the pattern, but no date: {reason}.",
            text=repr(text[:60]),
            reason=reason_of(error),
        ) from error
    if found is None:
        raise UserError(
            "date.pattern_mismatch",
            "{text} does not fit the pattern {pattern}.",
            text=repr(text[:60]),
            pattern=repr(pattern),
        )
    return Moment(*found)
