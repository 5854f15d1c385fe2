"""text.normalize."""

from __future__ import annotations

import re
from typing import Literal

from studio.domain.normal_forms import normal_form
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[^\S\n]+")


class Normalize(BaseNode):
    """Bring a text into one Unicode form, so that equal looks are equal texts.

    NFC keeps the look; NFKC also turns full-width letters, ligatures and superscripts into plain ones. ``clean`` takes
    out invisible and control characters and makes runs of white space one space each.
    """

    type = "text.normalize"
    title = "Normalize"
    keywords = ("unicode", "nfc", "nfkc", "clean", "whitespace", "control characters")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        form: Literal["NFC", "NFKC", "NFD", "NFKD"] = Param("NFC", description="Unicode form (UAX 15)")
        clean: bool = Param(False, description="Tidy up white space and invisible characters")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="Composed", input={"text": "e\u0301te\u0301"}, output={"text": "été"}),
        Example(title="Plain letters", input={"text": "ﬁn ｄｅ ①", "form": "NFKC"}, output={"text": "fin de 1"}),
        Example(title="Tidy", input={"text": "a\u200b \t b ", "clean": True}, output={"text": "a b"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        text = normal_form(input.form, input.text)
        if input.clean:
            text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
        return self.Output(text=text)
