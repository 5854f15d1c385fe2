"""flow.state_set."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class StateSet(BaseNode):
    """Keep a value for later executions, and give the one kept before.

    The value is kept once this node has succeeded. Use it for a cursor: the id or time up to which work is done.
    """

    type = "flow.state_set"
    title = "Keep a value"
    keywords = ("remember", "state", "persist", "cursor", "previous", "last value", "static data")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        value: Json = Param(description="What to keep; null keeps nothing")
        initial: Json = Param(None, description="What counts as kept before the first time")

    class Output(NodeModel):
        value: Json
        previous: Json

    examples = (
        Example(
            title="The first time",
            input={"value": "2026-03-01", "initial": "1970-01-01"},
            output={"value": "2026-03-01", "previous": "1970-01-01"},
        ),
        Example(title="Any data", input={"value": {"é": [1]}}, output={"previous": None}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        previous = await ctx.state.get(input.initial)
        await ctx.state.set(input.value)
        return self.Output(value=input.value, previous=previous)
