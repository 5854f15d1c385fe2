"""flow.stop."""

from __future__ import annotations

from typing import Literal

from studio.sdk import ControlNode, Effect, Example, Json, NodeModel, Param


class Stop(ControlNode):
    """End the execution here, as succeeded or as failed.

    Nothing new starts and nodes that run get the grace period. ``output`` becomes the execution's output.
    """

    type = "flow.stop"
    title = "Stop"
    keywords = ("end", "exit", "terminate", "return", "finish", "stop and error")
    effect = Effect.PURE
    executor = "stop"

    class Input(NodeModel):
        status: Literal["succeeded", "failed"] = Param("succeeded", description="How the execution ends")
        message: str = Param("", max_length=20_000, description="Why; shown with the execution")
        output: Json = Param(None, description="Output of the execution")

    class Output(NodeModel):
        status: str
        message: str

    examples = (
        Example(title="Nothing to do", input={"message": "No new orders", "output": []}),
        Example(title="As failed", input={"status": "failed", "message": "Überweisung fehlt"}, error="flow.stopped"),
    )
