"""trigger.error."""

from __future__ import annotations

from studio.sdk import Example, Json, NodeModel, TriggerNode


class Error(TriggerNode):
    """Start when an execution of another workflow fails that names this one as its error workflow."""

    type = "trigger.error"
    title = "On error"
    keywords = ("failure", "alert", "error workflow", "notify", "incident")
    source = "error"

    class Input(NodeModel):
        pass

    class Event(NodeModel):
        workflow: str
        execution_id: str
        status: str = "failed"
        error: Json = None
        node: str | None = None
        at: str | None = None

    examples = (
        Example(
            title="A failed execution",
            input={},
            scope={
                "event": {
                    "workflow": "Rechnungen prüfen",
                    "execution_id": "01j",
                    "error": {"code": "http.status", "message": "503"},
                    "node": "fetch",
                }
            },
            output={
                "workflow": "Rechnungen prüfen",
                "status": "failed",
                "error": {"code": "http.status"},
                "node": "fetch",
            },
        ),
        Example(title="No event", input={}, scope={"event": {"workflow": "x"}}, error="node.output_invalid"),
    )
