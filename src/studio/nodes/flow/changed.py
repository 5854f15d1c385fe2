"""flow.changed."""

from __future__ import annotations

from typing import cast

from studio.nodes.flow._equal import same
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Routed


class Changed(BaseNode):
    """Take a branch by whether a value differs from the last execution's.

    The very first value counts as changed.
    """

    type = "flow.changed"
    title = "Changed?"
    keywords = ("difference", "watch", "monitor", "on change", "state", "compare")
    effect = Effect.IDEMPOTENT
    ports = ("changed", "unchanged")
    passes_input = True

    class Input(NodeModel):
        value: Json = Param(description="The value to watch")

    class Output(NodeModel):
        changed: bool
        previous: Json

    examples = (
        Example(
            title="The first value", input={"value": 7}, output={"changed": True, "previous": None}, port="changed"
        ),
        Example(title="A structure", input={"value": {"ключ": [1, 2]}}, output={"changed": True}, port="changed"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Routed[Output]:
        kept: Json = await ctx.state.get({})
        known = isinstance(kept, dict) and "value" in kept
        previous: Json = cast("dict[str, Json]", kept)["value"] if known else None
        if known and same(previous, input.value):
            return self.route("unchanged", self.Output(changed=False, previous=previous))
        await ctx.state.set({"value": input.value})
        return self.route("changed", self.Output(changed=True, previous=previous))
