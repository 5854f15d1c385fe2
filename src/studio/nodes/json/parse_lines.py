"""json.parse_lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

from studio.nodes.json._read import read_json, without_mark
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError, reason_of


class ParseLines(BaseNode):
    """Read JSON Lines: one JSON value per line. Empty lines are passed over."""

    type = "json.parse_lines"
    title = "Parse JSON Lines"
    keywords = ("ndjson", "jsonl", "stream", "log", "records")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(widget="code", language="json", description="The text")
        on_error: Literal["fail", "skip"] = Param("fail", description="What to do with a line that is not JSON")

    class Output(NodeModel):
        items: Items
        skipped: int

    examples = (
        Example(
            title="Two lines",
            input={"text": '{"é": 1}\n\n{"é": 2}\r\n'},
            output={"items": [{"é": 1}, {"é": 2}], "skipped": 0},
        ),
        Example(
            title="Broken ones left out",
            input={"text": "1\n{\n2", "on_error": "skip"},
            output={"items": [1, 2], "skipped": 1},
        ),
        Example(title="A broken line", input={"text": "1\n{"}, error="json.bad_line"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        skipped = 0

        async def values() -> AsyncIterator[Any]:
            nonlocal skipped
            for number, line in enumerate(without_mark(input.text).split("\n"), 1):
                if number % 256 == 0:
                    await ctx.check_cancelled()
                if not line.strip():
                    continue
                try:
                    value = read_json(line)
                except UserError as error:
                    if input.on_error == "skip":
                        skipped += 1
                        continue
                    raise UserError(
                        "json.bad_line", "Line {number}: {reason}", number=number, reason=reason_of(error)
                    ) from error
                yield value

        items = await ctx.make_items(values())
        return self.Output(items=items, skipped=skipped)
