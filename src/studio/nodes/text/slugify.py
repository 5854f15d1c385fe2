"""text.slugify."""

from __future__ import annotations

import re
import unicodedata

from studio.domain.normal_forms import normal_form
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_GAP = re.compile(r"[^\w]+|_+")


class Slugify(BaseNode):
    """Turn a title into a URL-safe slug.

    Accents are dropped; letters of other scripts stay as they are, as browsers show them in addresses.
    """

    type = "text.slugify"
    title = "Slugify"
    keywords = ("slug", "url", "permalink", "kebab")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The title")
        separator: str = Param("-", max_length=3, description="What stands between words")
        max_length: int = Param(0, ge=0, description="Longest slug, cut at a word; 0 for no limit")

    class Output(NodeModel):
        slug: str

    examples = (
        Example(input={"text": "Déjà vu"}, output={"slug": "deja-vu"}),
        Example(input={"text": "One  two, three!", "max_length": 8}, output={"slug": "one-two"}),
        Example(input={"text": "مرحبا بالعالم"}, output={"slug": "مرحبا-بالعالم"}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        plain = "".join(c for c in normal_form("NFKD", input.text) if not unicodedata.combining(c))
        words = [word for word in _GAP.split(plain.lower()) if word]
        slug = input.separator.join(words)
        if input.max_length and len(slug) > input.max_length:
            cut = slug[: input.max_length + len(input.separator)]
            head, gap, _tail = cut.rpartition(input.separator) if input.separator else ("", "", "")
            slug = head if gap and head else slug[: input.max_length]
        return self.Output(slug=slug)
