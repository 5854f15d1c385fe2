"""lab.streams."""

from __future__ import annotations

import asyncio

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Streams(BaseNode):
    """Show progress and parts while it runs."""

    type = "lab.streams"
    effect = Effect.READ

    class Input(NodeModel):
        parts: list[str]

    class Output(NodeModel):
        text: str

    examples = (Example(input={"parts": ["a", "b"]}, output={"text": "ab"}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        for number, part in enumerate(input.parts):
            await ctx.emit(part)
            await ctx.progress(100 * (number + 1) / len(input.parts), part)
            await asyncio.sleep(0.01)
        return self.Output(text="".join(input.parts))
