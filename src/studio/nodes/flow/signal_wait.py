"""flow.signal_wait."""

from __future__ import annotations

from typing import Literal

from studio.domain.durations import Duration
from studio.sdk import ControlNode, Effect, Example, Json, NodeModel, Param


class SignalWait(ControlNode):
    """Wait for a signal sent to this execution.

    A signal that came early is kept and taken at once. Each signal is taken by one wait only, oldest first.
    """

    type = "flow.signal_wait"
    title = "Wait for a signal"
    keywords = ("event", "callback", "message", "resume", "external")
    effect = Effect.READ
    executor = "signal"

    class Input(NodeModel):
        name: str = Param(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:-]+$", description="Name of the signal")
        timeout: Duration | None = Param(None, widget="duration", description="Longest wait; none without")
        on_timeout: Literal["fail", "continue"] = Param(
            "fail", description="Where none comes in time: fail, or go on with null"
        )

    class Output(NodeModel):
        payload: Json

    examples = (
        Example(
            title="No signal in time",
            input={"name": "paid", "timeout": "10ms", "on_timeout": "continue"},
            output={"payload": None},
        ),
        Example(title="One is needed", input={"name": "order:7", "timeout": 0}, error="flow.signal_timeout"),
    )
