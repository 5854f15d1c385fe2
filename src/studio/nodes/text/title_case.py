"""text.title_case."""

from __future__ import annotations

from studio.nodes.text._title import title_case
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class TitleCase(BaseNode):
    """Write a phrase with capitals as a title has them.

    Small words inside stay small, acronyms, mixed spellings (iPhone) and addresses stay as they are, states after a
    comma are upper case. A phrase all in capitals is taken as shouting and put right.
    """

    type = "text.title_case"
    title = "Title case"
    keywords = ("capitalize", "headline", "proper", "uppercase", "name")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The phrase")
        keep: list[str] = Param(default_factory=list, description="Words to be written exactly so, such as iOS")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="A place", input={"text": "10km WNW of castaic, ca"}, output={"text": "10km WNW of Castaic, CA"}),
        Example(title="Shouting", input={"text": "THE LORD OF THE RINGS"}, output={"text": "The Lord of the Rings"}),
        Example(
            title="Apostrophes and accents",
            input={"text": "l'été chez o'brien: don't wait"},
            output={"text": "L'Été Chez O'Brien: Don't Wait"},
        ),
        Example(
            title="Own spellings",
            input={"text": "from IOS to unix", "keep": ["iOS"]},
            output={"text": "From iOS to Unix"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(text=title_case(input.text, frozenset(input.keep)))
