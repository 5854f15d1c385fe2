"""text.upper."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Upper(BaseNode):
    """Write a text in capitals."""

    type = "text.upper"
    title = "Upper case"
    keywords = ("capitals", "uppercase", "shout")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="Accents", input={"text": "été à Łódź"}, output={"text": "ÉTÉ À ŁÓDŹ"}),
        Example(title="One letter may become two", input={"text": "straße"}, output={"text": "STRASSE"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(text=input.text.upper())
