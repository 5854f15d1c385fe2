"""text.pad."""

from __future__ import annotations

from typing import Literal

from studio.nodes.text._limits import check_length
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Pad(BaseNode):
    """Fill a text up to a length."""

    type = "text.pad"
    title = "Pad"
    keywords = ("fill", "leading zeros", "align", "justify", "fixed width")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")
        length: int = Param(ge=0, le=1_000_000, description="Length to reach; a longer text stays as it is")
        fill: str = Param(" ", min_length=1, max_length=100, description="What to fill with, repeated as needed")
        side: Literal["start", "end", "both"] = Param("start", description="Where to fill")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="Leading zeros", input={"text": "42", "length": 5, "fill": "0"}, output={"text": "00042"}),
        Example(
            title="Both sides",
            input={"text": "né", "length": 7, "fill": "·", "side": "both"},
            output={"text": "··né···"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        missing = max(0, input.length - len(input.text))
        check_length(missing + len(input.text))
        before = {"start": missing, "end": 0, "both": missing // 2}[input.side]
        return self.Output(text=_fill(input.fill, before) + input.text + _fill(input.fill, missing - before))


def _fill(fill: str, length: int) -> str:
    return (fill * (length // len(fill) + 1))[:length]
