"""flow.wait."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import model_validator

from studio.domain.durations import MAX_SECONDS
from studio.sdk import ControlNode, Effect, Example, NodeModel, Param, Refusal


class Wait(ControlNode):
    """Wait for some time, or until a moment.

    A long wait leaves memory and survives restarts. A moment that has passed does not wait. Times without an offset are
    in the workflow's time zone.
    """

    type = "flow.wait"
    title = "Wait"
    keywords = ("sleep", "delay", "pause", "timer", "later")
    effect = Effect.READ
    executor = "wait"

    class Input(NodeModel):
        seconds: float | None = Param(None, ge=0, le=MAX_SECONDS, allow_inf_nan=False, description="How long")
        until: str | None = Param(None, widget="datetime", description="Until when, as ISO 8601 date and time")

        @model_validator(mode="after")
        def _exactly_one(self) -> Self:
            if (self.seconds is None) == (self.until is None):
                raise Refusal("flow.wait_one", "give either seconds or until")
            if self.until is not None:
                try:
                    datetime.fromisoformat(self.until)
                except ValueError:
                    raise Refusal(
                        "flow.wait_until",
                        "until must be a date and time such as 2026-03-01T08:00:00Z, got {found}",
                        found=repr(self.until[:60]),
                    ) from None
            return self

    class Output(NodeModel):
        waited: float
        until: str

    examples = (
        Example(title="Not at all", input={"seconds": 0}, output={"waited": 0.0}),
        Example(title="A moment that has passed", input={"until": "2001-09-09T01:46:40Z"}, output={"waited": 0.0}),
    )
