"""date.in_zone."""

from __future__ import annotations

from studio.nodes.date._moment import DateText, ZoneName, read
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class InZone(BaseNode):
    """Show the same moment in another time zone."""

    type = "date.in_zone"
    title = "Convert time zone"
    keywords = ("timezone", "utc", "local time", "offset", "convert")
    effect = Effect.PURE

    class Input(NodeModel):
        date: DateText = Param(description="A moment; without an offset it is in the workflow's zone")
        zone: ZoneName = Param(description="Time zone to show it in")

    class Output(NodeModel):
        date: str
        day: str
        time: str
        offset_minutes: float
        summer_time: bool

    examples = (
        Example(
            title="Paris in summer",
            input={"date": "2026-07-01T12:00:00Z", "zone": "Europe/Paris"},
            output={
                "date": "2026-07-01T14:00:00+02:00",
                "time": "14:00:00",
                "offset_minutes": 120.0,
                "summer_time": True,
            },
        ),
        Example(
            title="The next day",
            input={"date": "2026-01-01T23:00:00Z", "zone": "Asia/Kathmandu"},
            output={"day": "2026-01-02", "time": "04:45:00", "summer_time": False},
        ),
        Example(title="No such zone", input={"date": "2026-01-01", "zone": "../etc"}, error="date.unknown_zone"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        plain = read(input.date, None, ctx)
        at = read(plain.at.isoformat(), input.zone, ctx).at
        offset = at.utcoffset()
        return self.Output(
            date=at.isoformat(),
            day=at.date().isoformat(),
            time=at.timetz().replace(tzinfo=None).isoformat(),
            offset_minutes=offset.total_seconds() / 60 if offset else 0.0,
            summer_time=bool(at.dst()),
        )
