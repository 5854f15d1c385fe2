"""text.remove_accents."""

from __future__ import annotations

import unicodedata

from studio.domain.normal_forms import normal_form
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    }
)  # fmt: skip


class RemoveAccents(BaseNode):
    """Take accents off letters, for keys and searches.

    Letters that are no accented form of another (ø, ł, ß) become their usual replacement.
    """

    type = "text.remove_accents"
    title = "Remove accents"
    keywords = ("diacritics", "ascii", "fold", "normalize", "unaccent")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="French and Polish", input={"text": "Crème à Łódź"}, output={"text": "Creme a Lodz"}),
        Example(title="Other letters", input={"text": "Straße på Ærø"}, output={"text": "Strasse pa AEro"}),
        Example(title="Scripts without accents", input={"text": "日本"}, output={"text": "日本"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        plain = "".join(c for c in normal_form("NFD", input.text) if not unicodedata.combining(c))
        return self.Output(text=normal_form("NFC", plain.translate(_LETTERS)))
