"""date.business_days."""

from __future__ import annotations

from datetime import timedelta

from studio.nodes.date._business import SATURDAY_SUNDAY, Weekend, holidays
from studio.nodes.date._moment import DateText, read
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class BusinessDays(BaseNode):
    """Count the working days from one day up to, and not including, another."""

    type = "date.business_days"
    title = "Count working days"
    keywords = ("workdays", "weekdays", "networkdays", "holidays", "weekend", "deadline")
    effect = Effect.PURE

    class Input(NodeModel):
        from_: DateText = Param(alias="from", description="The first day, counted")
        to: DateText = Param(description="The last day, not counted")
        weekend: Weekend = Param(
            default_factory=lambda: list(SATURDAY_SUNDAY), description="Days off: Monday is 1, Sunday 7"
        )
        holidays: list[str] = Param(default_factory=list, max_length=100_000, description="Further days off, ISO 8601")

    class Output(NodeModel):
        days: int

    examples = (
        Example(title="Two weeks", input={"from": "2026-02-02", "to": "2026-02-16"}, output={"days": 10}),
        Example(
            title="Friday and Saturday off, and a holiday",
            input={"from": "2026-02-01", "to": "2026-02-08", "weekend": [5, 6], "holidays": ["2026-02-03"]},
            output={"days": 4},
        ),
        Example(title="Backwards", input={"from": "2026-02-09", "to": "2026-02-06"}, output={"days": -1}),
        Example(
            title="No day",
            input={"from": "2026-02-01", "to": "2026-02-02", "holidays": ["Noël"]},
            error="date.bad_holiday",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        first, last = read(input.from_, None, ctx).at.date(), read(input.to, None, ctx).at.date()
        sign = 1 if first <= last else -1
        early, late = (first, last) if sign > 0 else (last, first)
        weekend = frozenset(input.weekend)
        weeks, rest = divmod((late - early).days, 7)
        days = weeks * (7 - len(weekend))
        days += sum((early + timedelta(days=place)).isoweekday() not in weekend for place in range(rest))
        days -= sum(early <= day < late and day.isoweekday() not in weekend for day in holidays(input.holidays))
        return self.Output(days=sign * days)
