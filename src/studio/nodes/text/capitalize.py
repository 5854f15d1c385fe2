"""text.capitalize."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Capitalize(BaseNode):
    """Write the first letter of a text as a capital and leave the rest."""

    type = "text.capitalize"
    title = "Capitalize"
    keywords = ("sentence case", "first letter", "uppercase first")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="A sentence", input={"text": "étudier à Paris"}, output={"text": "Étudier à Paris"}),
        Example(title="After a quotation mark", input={"text": "«да»"}, output={"text": "«Да»"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        for place, character in enumerate(input.text):
            if character.isalpha():
                return self.Output(text=input.text[:place] + character.title() + input.text[place + 1 :])
        return self.Output(text=input.text)
