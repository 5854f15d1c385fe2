"""text.split."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Split(BaseNode):
    """Cut a text into parts at a separator, or at white space.

    With ``trim`` the parts lose the white space around them, and empty ones are left out.
    """

    type = "text.split"
    title = "Split"
    keywords = ("cut", "separate", "tokenize", "explode", "delimiter")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        separator: str | None = Param(None, min_length=1, description="Where to cut; any run of white space without")
        limit: int | None = Param(None, ge=1, le=2**31, description="Most parts; the last keeps the rest")
        trim: bool = Param(False, description="Tidy the parts and leave out empty ones")

    class Output(NodeModel):
        parts: Items

    examples = (
        Example(title="Words", input={"text": " un  deux\tтри "}, output={"parts": ["un", "deux", "три"]}),
        Example(
            title="Tidy", input={"text": "a, b,, c", "separator": ",", "trim": True}, output={"parts": ["a", "b", "c"]}
        ),
        Example(
            title="Two parts", input={"text": "k=v=w", "separator": "=", "limit": 2}, output={"parts": ["k", "v=w"]}
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        parts = input.text.split(input.separator, -1 if input.limit is None else input.limit - 1)
        if input.trim:
            parts = [tidy for part in parts if (tidy := part.strip())]
        return self.Output(parts=await ctx.make_items(parts))
