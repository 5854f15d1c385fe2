"""flow.fail."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError


class Fail(BaseNode):
    """Fail here with a message of your own.

    Unlike ``flow.stop`` this is a failure like any other: a surrounding ``flow.try`` catches it, ``on_error`` applies.
    """

    type = "flow.fail"
    title = "Fail"
    keywords = ("error", "raise", "throw", "exception", "abort")
    effect = Effect.PURE

    class Input(NodeModel):
        message: str = Param(min_length=1, max_length=20_000, description="What is wrong")
        details: Json = Param(None, description="Data that goes with it")

    class Output(NodeModel):
        pass

    examples = (
        Example(title="A message", input={"message": "The invoice has no lines"}, error="flow.failed"),
        Example(title="With data", input={"message": "Δεν υπάρχει", "details": {"order": 7}}, error="flow.failed"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        raise UserError("flow.failed", "{message}", message=input.message, details=input.details)
