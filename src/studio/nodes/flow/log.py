"""flow.log."""

from __future__ import annotations

from typing import Literal

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Log(BaseNode):
    """Write a line to the execution's log. Secret values are masked."""

    type = "flow.log"
    title = "Log"
    keywords = ("print", "debug", "trace", "message", "console")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        message: str = Param(max_length=20_000, description="What to write")
        level: Literal["debug", "info", "warning", "error"] = Param("info", description="How important it is")
        data: dict[str, Json] = Param(default_factory=dict, description="Named values that go with it")

    class Output(NodeModel):
        message: str

    examples = (
        Example(title="A note", input={"message": "3 lignes traitées"}, output={"message": "3 lignes traitées"}),
        Example(
            title="With data",
            input={"message": "slow", "level": "warning", "data": {"seconds": 4.2}},
            output={"message": "slow"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        await ctx.log(input.level, input.message, data=input.data)
        return self.Output(message=input.message)
