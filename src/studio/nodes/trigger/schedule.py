"""trigger.schedule."""

from __future__ import annotations

from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, model_validator

from studio.domain.durations import Duration, parse_duration
from studio.nodes.trigger._cron import check_cron
from studio.sdk import Example, NodeModel, Param, Refusal, TriggerNode

_SHORTEST = 1.0


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise Refusal(
            "trigger.time_zone", "{zone} is no time zone; write for example Europe/Paris or UTC", zone=repr(name[:60])
        ) from None
    return name


class Schedule(TriggerNode):
    """Start at set times: by a cron expression, or every so often.

    Times are in the time zone given. A time that a clock change leaves out runs right after it; one that comes twice
    runs once.
    """

    type = "trigger.schedule"
    title = "Schedule"
    keywords = ("cron", "timer", "interval", "every", "daily", "hourly", "periodic")
    source = "schedule"

    class Input(NodeModel):
        cron: Annotated[str, AfterValidator(check_cron)] | None = Param(
            None, max_length=200, widget="cron", description="Minute, hour, day, month, weekday: 0 8 * * mon-fri"
        )
        every: Duration | None = Param(None, widget="duration", description="Time between two starts instead: 15m")
        time_zone: Annotated[str, AfterValidator(_check_zone)] = Param(
            "UTC", widget="time_zone", description="Time zone of the cron times"
        )

        @model_validator(mode="after")
        def _one_rule(self) -> Self:
            if (self.cron is None) == (self.every is None):
                raise Refusal("trigger.one_rule", "give either cron or every")
            if self.every is not None and parse_duration(self.every) < _SHORTEST:
                raise Refusal("trigger.too_often", "`every` is at least 1s, got {found}", found=repr(self.every))
            return self

    class Event(NodeModel):
        scheduled_at: str
        time_zone: str = "UTC"

    examples = (
        Example(
            title="Working days at eight",
            input={"cron": "0 8 * * mon-fri", "time_zone": "Europe/Paris"},
            scope={"event": {"scheduled_at": "2026-03-02T08:00:00+01:00", "time_zone": "Europe/Paris"}},
            output={"scheduled_at": "2026-03-02T08:00:00+01:00"},
        ),
        Example(
            title="Every quarter of an hour",
            input={"every": "15m"},
            scope={"event": {"scheduled_at": "2026-03-02T08:15:00Z"}},
            output={"scheduled_at": "2026-03-02T08:15:00Z", "time_zone": "UTC"},
        ),
        Example(title="No such hour", input={"cron": "0 24 * * *"}, error="node.param_invalid"),
    )
