"""lab.banking."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Rate


class Banking(BaseNode):
    """Use each credential once in an hour."""

    type = "lab.banking"
    effect = Effect.READ
    rate = Rate(1, 3600, "credential")

    class Input(NodeModel):
        pass

    class Output(NodeModel):
        alias: str | None

    examples = (Example(input={}, output={"alias": None}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(alias=ctx.credential_alias)
