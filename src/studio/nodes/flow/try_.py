"""flow.try."""

from __future__ import annotations

from studio.sdk import ControlNode, Effect, Example, Json, NodeModel


class Try(ControlNode):
    """Run the nodes inside and deal with their failure.

    Where a node of ``body`` fails, ``catch`` runs with ``error`` in scope (code, message, node) and its output becomes
    this node's. ``finally`` runs in any case, also where the execution is cancelled. Without ``catch`` the failure is
    kept in ``error`` and the execution goes on.
    """

    type = "flow.try"
    title = "Try"
    keywords = ("catch", "error handling", "exception", "finally", "rescue")
    effect = Effect.PURE
    executor = "try"
    bodies = ("body", "catch", "finally")
    scope_names = ("error",)

    class Input(NodeModel):
        pass

    class Output(NodeModel):
        output: Json
        error: Json | None

    examples = (
        Example(
            title="A failure is caught",
            input={},
            body={
                "body": {
                    "nodes": {"refused": {"type": "flow.fail", "params": {"message": "no stock"}}},
                    "output": "sold",
                },
                "catch": {"nodes": {}, "output": "{{ error.message }}"},
            },
            output={"output": "no stock"},
        ),
        Example(
            title="All went well",
            input={},
            body={
                "body": {
                    "nodes": {"sale": {"type": "flow.set", "params": {"values": {"price": 3}}}},
                    "output": "{{ sale.values.price }}",
                }
            },
            output={"output": 3, "error": None},
        ),
    )
