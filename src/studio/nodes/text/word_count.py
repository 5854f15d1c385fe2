"""text.word_count."""

from __future__ import annotations

import re

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_SENTENCE = re.compile(r"[.!?。！？؟]+(?=\s|\Z)")
_PER_MINUTE = 230
"""Words per minute of silent reading: about the mean of 190 studies (Brysbaert 2019, 238 for non-fiction)."""


class WordCount(BaseNode):
    """Count words, characters, lines and sentences of a text, and estimate the time to read it.

    Words are what white space and punctuation part; scripts without spaces count a run of letters as one word.
    """

    type = "text.word_count"
    title = "Word count"
    keywords = ("length", "characters", "statistics", "reading time", "size")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        words: int
        characters: int
        letters: int
        lines: int
        sentences: int
        reading_seconds: float

    examples = (
        Example(
            title="Two sentences",
            input={"text": "L'été arrive. Well-known, isn't it?"},
            output={"words": 5, "sentences": 2, "lines": 1},
        ),
        Example(title="Nothing", input={"text": ""}, output={"words": 0, "characters": 0, "lines": 0}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        text = input.text
        words = sum(1 for _match in _WORD.finditer(text))
        ends = sum(1 for _match in _SENTENCE.finditer(text))
        return self.Output(
            words=words,
            characters=len(text),
            letters=sum(map(str.isalpha, text)),
            lines=len(text.splitlines()),
            sentences=max(ends, 1 if words else 0),
            reading_seconds=round(words / _PER_MINUTE * 60, 1),
        )
