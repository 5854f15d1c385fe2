"""list.aggregate."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from studio.nodes.list._aggregates import Function, aggregate
from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, Refusal


class Aggregate(BaseNode):
    """Boil a whole list down to a few named values.

    Each name has a value per item and a function over these values. Nulls are left out, except by ``list``, ``first``
    and ``last``.
    """

    type = "list.aggregate"
    title = "Aggregate"
    keywords = ("sum", "average", "count", "min", "max", "total", "reduce", "statistics")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        values: dict[str, Key] = Param(min_length=1, description="Per name: an expression or a field of each item")
        functions: dict[str, Function] = Param(
            default_factory=dict, description="Per name: what to do with its values; `sum` where none is given"
        )

        @model_validator(mode="after")
        def _functions_have_values(self) -> Self:
            for name in self.functions:
                if name not in self.values:
                    raise Refusal(
                        "list.unknown_value", "`functions` names {name}, which `values` does not have", name=repr(name)
                    )
            return self

    class Output(NodeModel):
        result: dict[str, Json]

    examples = (
        Example(
            title="Total and largest",
            input={
                "items": [{"n": 3}, {"n": 8}],
                "values": {"total": "n", "largest": "{{ item.n }}"},
                "functions": {"largest": "max"},
            },
            output={"result": {"total": 11, "largest": 8}},
        ),
        Example(
            title="Different words",
            input={
                "items": ["été", "hiver", "été"],
                "values": {"words": "{{ item }}", "n": "{{ item }}"},
                "functions": {"words": "join", "n": "count_unique"},
            },
            output={"result": {"words": "été, hiver, été", "n": 2}},
        ),
        Example(title="No numbers", input={"items": [{"n": "3"}], "values": {"total": "n"}}, error="list.not_a_number"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        columns: dict[str, list[Any]] = {name: [] for name in input.values}
        async for start, batch in batches(input.items, ctx):
            for name, value in input.values.items():
                columns[name] += [value(item, index) for index, item in enumerate(batch, start)]
        return self.Output(
            result={name: aggregate(input.functions.get(name, "sum"), values, name) for name, values in columns.items()}
        )
