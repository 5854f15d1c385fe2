"""text.truncate."""

from __future__ import annotations

import unicodedata

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_JOINERS = "\u200d\ufe0e\ufe0f"


class Truncate(BaseNode):
    """Shorten a text to a length, with an ellipsis where something was cut.

    The ellipsis counts. Words are kept whole where one ends in the second half; letters keep their accents and joined
    emoji stay together.
    """

    type = "text.truncate"
    title = "Truncate"
    keywords = ("shorten", "cut", "ellipsis", "limit", "preview", "excerpt")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        length: int = Param(ge=0, le=2**31, description="Most characters")
        ellipsis: str = Param("…", max_length=100, description="What marks the cut")
        words: bool = Param(True, description="Cut between words where possible")

    class Output(NodeModel):
        text: str
        truncated: bool

    examples = (
        Example(
            title="Between words",
            input={"text": "Déjà vu à Orléans", "length": 12},
            output={"text": "Déjà vu à…", "truncated": True},
        ),
        Example(title="Short enough", input={"text": "मान", "length": 9}, output={"text": "मान", "truncated": False}),
        Example(title="Anywhere", input={"text": "abcdef", "length": 3, "words": False}, output={"text": "ab…"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if len(input.text) <= input.length:
            return self.Output(text=input.text, truncated=False)
        ellipsis = input.ellipsis if len(input.ellipsis) <= input.length else ""
        end = _boundary(input.text, input.length - len(ellipsis))
        if input.words and not input.text[end].isspace():
            space = max((input.text.rfind(gap, end // 2, end) for gap in " \t\n\u3000"), default=-1)
            end = space if space > 0 else end
        return self.Output(text=input.text[:end].rstrip() + ellipsis, truncated=True)


def _boundary(text: str, end: int) -> int:
    """The last place up to ``end`` that does not part a letter from its marks, or joined emoji."""
    lowest = max(0, end - 64)
    while end > lowest and (
        unicodedata.category(text[end])[0] == "M" or text[end] in _JOINERS or text[end - 1] == _JOINERS[0]
    ):
        end -= 1
    return end
