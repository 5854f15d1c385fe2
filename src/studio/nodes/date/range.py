"""date.range."""

from __future__ import annotations

from studio.nodes.date._calendar import Unit, shifted
from studio.nodes.date._moment import DateText, Moment, ZoneName, read, write
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError

_MOST = 100_000


class Range(BaseNode):
    """List dates from one to another in even steps.

    ``to`` is not among them unless ``inclusive``. Months are reckoned from the first date, so that 31 January is
    followed by 28 February and 31 March.
    """

    type = "date.range"
    title = "Date range"
    keywords = ("series", "days", "calendar", "sequence", "between", "generate")
    effect = Effect.PURE

    class Input(NodeModel):
        from_: DateText = Param(alias="from", description="The first date")
        to: DateText = Param(description="Where it ends")
        unit: Unit = Param("day", description="Unit of the step")
        step: int = Param(1, ge=1, le=10_000, description="How many units from one date to the next")
        inclusive: bool = Param(False, description="Whether `to` itself may be among them")
        zone: ZoneName | None = Param(None, description="Time zone to reckon in; that of the first without")

    class Output(NodeModel):
        dates: Items

    examples = (
        Example(
            title="Days",
            input={"from": "2026-02-27", "to": "2026-03-01"},
            output={"dates": ["2026-02-27", "2026-02-28"]},
        ),
        Example(
            title="Months' ends",
            input={"from": "2026-01-31", "to": "2026-03-31", "unit": "month", "inclusive": True},
            output={"dates": ["2026-01-31", "2026-02-28", "2026-03-31"]},
        ),
        Example(title="The wrong way", input={"from": "2026-02-02", "to": "2026-02-01"}, output={"dates": []}),
        Example(
            title="Too many",
            input={"from": "0001-01-01", "to": "9999-01-01", "unit": "hour"},
            error="date.range_too_long",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        first = read(input.from_, input.zone, ctx)
        end = read(input.to, input.zone, ctx).at
        dates: list[str] = []
        while len(dates) <= _MOST:
            at = shifted(first.at, input.unit, len(dates) * input.step)
            if at > end or (at == end and not input.inclusive):
                return self.Output(dates=await ctx.make_items(dates))
            dates.append(write(Moment(at, first.day_only)))
            if len(dates) % 1024 == 0:
                await ctx.check_cancelled()
        raise UserError("date.range_too_long", "The range has more than {limit} dates.", limit=_MOST)
