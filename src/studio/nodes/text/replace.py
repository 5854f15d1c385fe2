"""text.replace."""

from __future__ import annotations

from studio.nodes.text._limits import check_length
from studio.nodes.text._pattern import compile_pattern
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Replace(BaseNode):
    """Replace every occurrence of a text by another."""

    type = "text.replace"
    title = "Replace"
    keywords = ("substitute", "find and replace", "swap", "remove")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        search: str = Param(min_length=1, max_length=10_000, description="What to look for, literally")
        replacement: str = Param("", description="What comes in its place")
        ignore_case: bool = Param(False, description="Take capitals and small letters as equal")

    class Output(NodeModel):
        text: str
        count: int

    examples = (
        Example(
            title="Literally",
            input={"text": "1.5 + 2.5", "search": ".", "replacement": ","},
            output={"text": "1,5 + 2,5", "count": 2},
        ),
        Example(
            title="In any case",
            input={"text": "ÉTÉ, été", "search": "Été", "replacement": "hiver", "ignore_case": True},
            output={"text": "hiver, hiver", "count": 2},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.ignore_case:
            pattern = compile_pattern(input.search, ignore_case=True, literal=True)
            count = sum(1 for _match in pattern.finditer(input.text))
            check_length(len(input.text) + count * len(input.replacement))
            parts: list[str] = pattern.split(input.text)
            return self.Output(text=input.replacement.join(parts), count=count)
        count = input.text.count(input.search)
        check_length(len(input.text) + count * (len(input.replacement) - len(input.search)))
        return self.Output(text=input.text.replace(input.search, input.replacement), count=count)
