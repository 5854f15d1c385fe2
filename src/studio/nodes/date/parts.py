"""date.parts."""

from __future__ import annotations

from calendar import isleap, monthrange

from studio.nodes.date._locale import locale_of
from studio.nodes.date._moment import DateText, ZoneName, read
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Parts(BaseNode):
    """Take a date apart: year, month, day, weekday, week, quarter and so on.

    Weekdays run from Monday, 1, to Sunday, 7; weeks are those of ISO 8601.
    """

    type = "date.parts"
    title = "Date parts"
    keywords = ("year", "month", "weekday", "week number", "quarter", "extract", "timestamp")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A day or a moment")
        locale: str = Param("en", max_length=40, description="Language of the names")
        zone: ZoneName | None = Param(None, description="Time zone to reckon in; its own without")

    class Output(NodeModel):
        year: int
        month: int
        day: int
        hour: int
        minute: int
        second: int
        weekday: int
        weekday_name: str
        month_name: str
        week: int
        week_year: int
        quarter: int
        day_of_year: int
        days_in_month: int
        leap_year: bool
        timestamp: float

    examples = (
        Example(
            title="A day",
            input={"date": "2027-01-01", "locale": "fr"},
            output={
                "year": 2027,
                "weekday": 5,
                "weekday_name": "vendredi",
                "month_name": "janvier",
                "week": 53,
                "week_year": 2026,
            },
        ),
        Example(
            title="A moment",
            input={"date": "2024-02-29T23:59:30Z", "zone": "Asia/Tokyo"},
            output={"month": 3, "day": 1, "hour": 8, "second": 30, "leap_year": True, "timestamp": 1709251170.0},
        ),
        Example(title="No date", input={"date": "2026-13-01"}, error="date.not_a_date"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        at = read(input.date, input.zone, ctx).at
        locale = locale_of(input.locale)
        week_year, week, weekday = at.isocalendar()
        return self.Output(
            year=at.year,
            month=at.month,
            day=at.day,
            hour=at.hour,
            minute=at.minute,
            second=at.second,
            weekday=weekday,
            weekday_name=locale.days["format"]["wide"][weekday - 1],
            month_name=locale.months["format"]["wide"][at.month],
            week=week,
            week_year=week_year,
            quarter=(at.month - 1) // 3 + 1,
            day_of_year=at.timetuple().tm_yday,
            days_in_month=monthrange(at.year, at.month)[1],
            leap_year=isleap(at.year),
            timestamp=at.timestamp(),
        )
