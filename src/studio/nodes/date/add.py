"""date.add."""

from __future__ import annotations

from studio.nodes.date._calendar import shifted
from studio.nodes.date._moment import DateText, Moment, ZoneName, read, write
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_MOST = 10**7


class Add(BaseNode):
    """Reckon so much later, or earlier with negative numbers.

    Years and months first: a day that the month has not becomes its last. Days keep the time of day over clock changes,
    hours are hours on the clock.
    """

    type = "date.add"
    title = "Add to date"
    keywords = ("plus", "later", "subtract", "minus", "duration", "offset", "shift")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A day or a moment")
        years: int = Param(0, ge=-9999, le=9999, description="Years")
        months: int = Param(0, ge=-120_000, le=120_000, description="Months")
        weeks: int = Param(0, ge=-_MOST, le=_MOST, description="Weeks")
        days: int = Param(0, ge=-_MOST, le=_MOST, description="Days")
        hours: float = Param(0, ge=-(10**9), le=10**9, allow_inf_nan=False, description="Hours")
        minutes: float = Param(0, ge=-(10**9), le=10**9, allow_inf_nan=False, description="Minutes")
        seconds: float = Param(0, ge=-(10**11), le=10**11, allow_inf_nan=False, description="Seconds")
        zone: ZoneName | None = Param(None, description="Time zone to reckon in; its own without")

    class Output(NodeModel):
        date: str

    examples = (
        Example(title="A month's end", input={"date": "2026-01-31", "months": 1}, output={"date": "2026-02-28"}),
        Example(
            title="Over a clock change",
            input={"date": "2026-03-28T12:00:00", "days": 1, "zone": "Europe/Paris"},
            output={"date": "2026-03-29T12:00:00+02:00"},
        ),
        Example(
            title="Earlier",
            input={"date": "2026-03-01T00:00:00Z", "hours": -1.5},
            output={"date": "2026-02-28T22:30:00+00:00"},
        ),
        Example(title="Too far", input={"date": "9999-12-31", "days": 1}, error="date.out_of_range"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        moment = read(input.date, input.zone, ctx)
        at = shifted(moment.at, "month", input.years * 12 + input.months)
        at = shifted(at, "day", input.weeks * 7 + input.days)
        at = shifted(at, "second", input.hours * 3600 + input.minutes * 60 + input.seconds)
        return self.Output(date=write(Moment(at, moment.day_only)))
