"""text.lines."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Lines(BaseNode):
    """Cut a text into its lines, whichever system they come from."""

    type = "text.lines"
    title = "Lines"
    keywords = ("split lines", "rows", "newline", "log")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        trim: bool = Param(False, description="Take white space off the ends of each line")
        skip_empty: bool = Param(False, description="Leave out empty lines")

    class Output(NodeModel):
        lines: Items
        count: int

    examples = (
        Example(
            title="Of all systems",
            input={"text": "uno\r\ndós\ntres\r"},
            output={"lines": ["uno", "dós", "tres"], "count": 3},
        ),
        Example(
            title="Tidy", input={"text": " a \n\n b", "trim": True, "skip_empty": True}, output={"lines": ["a", "b"]}
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        lines = input.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if lines[-1] == "":
            lines.pop()
        if input.trim:
            lines = [line.strip() for line in lines]
        if input.skip_empty:
            lines = [line for line in lines if line]
        return self.Output(lines=await ctx.make_items(lines), count=len(lines))
