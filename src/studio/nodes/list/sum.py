"""list.sum."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._aggregates import aggregate
from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Sum(BaseNode):
    """Add up the items, or a value of each. Nulls are left out.

    Whole numbers are added exactly, others with a single rounding at the end.
    """

    type = "list.sum"
    title = "Sum"
    keywords = ("total", "add", "plus", "aggregate", "mean", "average")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        value: Key | None = Param(None, description="What to add: an expression or a field; the items without")

    class Output(NodeModel):
        sum: int | float
        count: int
        mean: float | None

    examples = (
        Example(
            title="A field",
            input={"items": [{"price": 2}, {"price": None}, {"price": 5}], "value": "price"},
            output={"sum": 7, "count": 2, "mean": 3.5},
        ),
        Example(title="Rounded once", input={"items": [0.1] * 10}, output={"sum": 1.0, "count": 10, "mean": 0.1}),
        Example(title="Nothing", input={"items": []}, output={"sum": 0, "count": 0, "mean": None}),
        Example(title="A text", input={"items": [1, "deux"]}, error="list.not_a_number"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        values: list[Any] = []
        async for start, batch in batches(input.items, ctx):
            values += batch if input.value is None else [input.value(item, i) for i, item in enumerate(batch, start)]
        return self.Output(
            sum=aggregate("sum", values, "sum"),
            count=aggregate("count", values, "count"),
            mean=aggregate("mean", values, "mean"),
        )
