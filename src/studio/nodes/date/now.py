"""date.now."""

from __future__ import annotations

from studio.nodes.date._moment import ZoneName, zone
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Now(BaseNode):
    """Give the time at which this node started; a retry gives the same."""

    type = "date.now"
    title = "Now"
    keywords = ("today", "current", "time", "clock", "timestamp")
    effect = Effect.READ

    class Input(NodeModel):
        zone: ZoneName | None = Param(None, description="Time zone; the workflow's without")

    class Output(NodeModel):
        date: str
        day: str
        timestamp: float

    examples = (
        Example(
            title="In UTC",
            input={"zone": "UTC"},
            output={"date": "2026-01-15T10:30:00+00:00", "timestamp": 1768473000.0},
        ),
        Example(title="In Tokyo", input={"zone": "Asia/Tokyo"}, output={"day": "2026-01-15"}),
        Example(title="No such place", input={"zone": "Europe/Atlantis"}, error="date.unknown_zone"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        now = ctx.now.astimezone(zone(input.zone or ctx.time_zone))
        return self.Output(date=now.isoformat(), day=now.date().isoformat(), timestamp=now.timestamp())
