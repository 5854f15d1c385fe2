"""trigger.called."""

from __future__ import annotations

from studio.sdk import Example, Json, NodeModel, Param, TriggerNode


class Called(TriggerNode):
    """Start when another workflow calls this one with ``flow.call``."""

    type = "trigger.called"
    title = "Called by a workflow"
    keywords = ("sub-workflow", "execute workflow", "child", "reuse", "function")
    source = "called"

    class Input(NodeModel):
        pass

    class Event(NodeModel):
        inputs: dict[str, Json] = Param(default_factory=dict, description="Inputs by name")
        workflow: str | None = None
        execution_id: str | None = None

    examples = (
        Example(
            title="With inputs",
            input={},
            scope={"event": {"inputs": {"n": 21}, "workflow": "älter", "execution_id": "01j"}},
            output={"inputs": {"n": 21}, "workflow": "älter", "execution_id": "01j"},
        ),
        Example(title="Without", input={}, scope={"event": {}}, output={"inputs": {}}),
    )
