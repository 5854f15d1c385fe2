"""trigger.manual."""

from __future__ import annotations

from studio.sdk import Example, Json, NodeModel, Param, TriggerNode


class Manual(TriggerNode):
    """Start the workflow by hand: the run button, the command line or the API."""

    type = "trigger.manual"
    title = "Manual start"
    keywords = ("button", "run", "test", "start", "click")
    source = "manual"

    class Input(NodeModel):
        pass

    class Event(NodeModel):
        inputs: dict[str, Json] = Param(default_factory=dict, description="Inputs by name")
        by: str | None = None

    examples = (
        Example(
            title="With inputs",
            input={},
            scope={"event": {"inputs": {"ville": "Nîmes"}, "by": "zoé"}},
            output={"inputs": {"ville": "Nîmes"}, "by": "zoé"},
        ),
        Example(title="Just started", input={}, output={"inputs": {}, "by": None}),
    )
