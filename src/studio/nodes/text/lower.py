"""text.lower."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Lower(BaseNode):
    """Write a text in small letters."""

    type = "text.lower"
    title = "Lower case"
    keywords = ("lowercase", "small letters", "downcase")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="Accents", input={"text": "ÉTÉ"}, output={"text": "été"}),
        Example(title="Greek final sigma", input={"text": "ΟΔΟΣ"}, output={"text": "οδος"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(text=input.text.lower())
