"""date.add_business_days."""

from __future__ import annotations

from datetime import timedelta

from studio.nodes.date._business import SATURDAY_SUNDAY, Weekend, holidays, works
from studio.nodes.date._moment import DateText, Moment, out_of_range, read, settled, write
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class AddBusinessDays(BaseNode):
    """Reckon so many working days later, or earlier with a negative number. The time of day stays.

    With 0 days a day off becomes the next working day.
    """

    type = "date.add_business_days"
    title = "Add working days"
    keywords = ("workday", "deadline", "due date", "weekdays", "holidays", "payment term")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A day or a moment")
        days: int = Param(ge=-10_000, le=10_000, description="Working days")
        weekend: Weekend = Param(
            default_factory=lambda: list(SATURDAY_SUNDAY), description="Days off: Monday is 1, Sunday 7"
        )
        holidays: list[str] = Param(default_factory=list, max_length=100_000, description="Further days off, ISO 8601")

    class Output(NodeModel):
        date: str

    examples = (
        Example(title="Over a weekend", input={"date": "2026-02-06", "days": 1}, output={"date": "2026-02-09"}),
        Example(
            title="Over a holiday",
            input={"date": "2026-12-24", "days": 2, "holidays": ["2026-12-25"]},
            output={"date": "2026-12-29"},
        ),
        Example(title="Earlier", input={"date": "2026-02-08", "days": -1}, output={"date": "2026-02-06"}),
        Example(title="No date", input={"date": "لاحقا", "days": 1}, error="date.not_a_date"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        moment = read(input.date, None, ctx)
        weekend, off = frozenset(input.weekend), holidays(input.holidays)
        step = timedelta(days=-1 if input.days < 0 else 1)
        at, left = moment.at, abs(input.days)
        try:
            while left or not works(at.date(), weekend, off):
                at += step
                left -= bool(left) and works(at.date(), weekend, off)
        except OverflowError:
            out_of_range()
        return self.Output(date=write(Moment(settled(at), moment.day_only)))
