"""date.difference."""

from __future__ import annotations

from studio.nodes.date._calendar import shifted
from studio.nodes.date._moment import DateText, ZoneName, in_zone, read
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Difference(BaseNode):
    """Tell how much time lies between two dates.

    ``years``, ``months`` and ``days`` together are the difference as one says it, such as an age; ``total_days`` and
    ``seconds`` are the whole of it. All are negative where the second date is the earlier one.
    """

    type = "date.difference"
    title = "Date difference"
    keywords = ("between", "age", "elapsed", "duration", "since", "until", "subtract")
    effect = Effect.PURE

    class Input(NodeModel):
        from_: DateText = Param(alias="from", description="The first date")
        to: DateText = Param(description="The second date")
        zone: ZoneName | None = Param(None, description="Time zone to reckon in; that of the first without")

    class Output(NodeModel):
        years: int
        months: int
        days: int
        total_days: float
        hours: float
        seconds: float

    examples = (
        Example(
            title="An age",
            input={"from": "1984-03-01", "to": "2026-02-28"},
            output={"years": 41, "months": 11, "days": 27, "total_days": 15339.0},
        ),
        Example(
            title="The other way round",
            input={"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T12:00:00Z"},
            output={"years": 0, "days": 0, "total_days": -0.5, "hours": -12.0, "seconds": -43200.0},
        ),
        Example(title="No date", input={"from": "2026-01-01", "to": "—"}, error="date.not_a_date"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        first = read(input.from_, input.zone, ctx).at
        second = in_zone(read(input.to, input.zone, ctx).at, first.tzinfo)
        sign = -1 if second < first else 1
        early, late = (second, first) if sign < 0 else (first, second)
        months = (late.year - early.year) * 12 + late.month - early.month
        while months and shifted(early, "month", months) > late:
            months -= 1
        days = (late.date() - shifted(early, "month", months).date()).days
        while days and shifted(shifted(early, "month", months), "day", days) > late:
            days -= 1
        seconds = second.timestamp() - first.timestamp()
        return self.Output(
            years=sign * (months // 12),
            months=sign * (months % 12),
            days=sign * days,
            total_days=seconds / 86400,
            hours=seconds / 3600,
            seconds=seconds,
        )
