"""date.start_of."""

from __future__ import annotations

from typing import Literal

from studio.nodes.date._calendar import Unit, shifted, start_of
from studio.nodes.date._moment import DateText, Moment, ZoneName, read, write
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class StartOf(BaseNode):
    """Find the beginning of the day, week, month and so on that a date lies in, and of the next one."""

    type = "date.start_of"
    title = "Start of period"
    keywords = ("begin", "end of month", "truncate", "floor", "midnight", "monday", "quarter")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A day or a moment")
        unit: Unit = Param("day", description="The period")
        week_start: Literal["monday", "saturday", "sunday"] = Param("monday", description="First day of a week")
        zone: ZoneName | None = Param(None, description="Time zone to reckon in; its own without")

    class Output(NodeModel):
        start: str
        next: str

    examples = (
        Example(
            title="Month",
            input={"date": "2026-02-14", "unit": "month"},
            output={"start": "2026-02-01", "next": "2026-03-01"},
        ),
        Example(
            title="A week from Sunday",
            input={"date": "2026-02-14", "unit": "week", "week_start": "sunday"},
            output={"start": "2026-02-08", "next": "2026-02-15"},
        ),
        Example(
            title="A day of 23 hours",
            input={"date": "2026-03-29T10:00:00Z", "unit": "day", "zone": "Europe/Paris"},
            output={"start": "2026-03-29T00:00:00+01:00", "next": "2026-03-30T00:00:00+02:00"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        moment = read(input.date, input.zone, ctx)
        first = {"monday": 1, "saturday": 6, "sunday": 7}[input.week_start]
        start = start_of(moment.at, input.unit, first)
        after = shifted(start, input.unit, 1)
        return self.Output(start=write(Moment(start, moment.day_only)), next=write(Moment(after, moment.day_only)))
