"""text.trim."""

from __future__ import annotations

from typing import Literal

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Trim(BaseNode):
    """Take white space, or other characters, off the ends of a text."""

    type = "text.trim"
    title = "Trim"
    keywords = ("strip", "whitespace", "clean", "spaces")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        characters: str | None = Param(None, max_length=1000, description="What to take off; white space without")
        side: Literal["both", "start", "end"] = Param("both", description="Which end")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="Spaces of any kind", input={"text": "\u00a0 où \n"}, output={"text": "où"}),
        Example(
            title="Only at the end",
            input={"text": "¡¡hola!!", "characters": "!¡", "side": "end"},
            output={"text": "¡¡hola"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        strip = {"both": str.strip, "start": str.lstrip, "end": str.rstrip}[input.side]
        return self.Output(text=strip(input.text, input.characters))
