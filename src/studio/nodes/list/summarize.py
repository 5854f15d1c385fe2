"""list.summarize."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from studio.nodes.list._aggregates import Function, aggregate
from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, Refusal


class Summarize(BaseNode):
    """Group a list and boil each group down to one row of named values.

    Rows come in the order in which their groups first appear.
    """

    type = "list.summarize"
    title = "Summarize"
    keywords = ("group by", "pivot", "report", "totals", "aggregate per group")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: dict[str, Key] = Param(min_length=1, description="Names and keys of the groups: expressions or fields")
        values: dict[str, Key] = Param(default_factory=dict, description="Per name: an expression or a field")
        functions: dict[str, Function] = Param(
            default_factory=dict, description="Per name: what to do with its values; `sum` where none is given"
        )

        @model_validator(mode="after")
        def _names_fit(self) -> Self:
            for name in self.functions:
                if name not in self.values:
                    raise Refusal(
                        "list.unknown_value", "`functions` names {name}, which `values` does not have", name=repr(name)
                    )
            for name in self.values:
                if name in self.by or name == "count":
                    raise Refusal(
                        "list.name_taken", "`values` uses the name {name}, which another column has", name=repr(name)
                    )
            return self

    class Output(NodeModel):
        rows: Items

    examples = (
        Example(
            title="Totals per country",
            input={
                "items": [{"c": "CÔ", "n": 1}, {"c": "FR", "n": 2}, {"c": "CÔ", "n": 5}],
                "by": {"country": "c"},
                "values": {"total": "n"},
            },
            output={"rows": [{"country": "CÔ", "count": 2, "total": 6}, {"country": "FR", "count": 1, "total": 2}]},
        ),
        Example(
            title="Only how many",
            input={"items": [1, 2, 3], "by": {"odd": "{{ item % 2 == 1 }}"}},
            output={"rows": [{"odd": True, "count": 2}, {"odd": False, "count": 1}]},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        groups: dict[Any, tuple[list[Any], list[list[Any]]]] = {}
        async for start, batch in batches(input.items, ctx):
            for index, item in enumerate(batch, start):
                keys = [key(item, index) for key in input.by.values()]
                frozen = freeze(keys)
                if frozen not in groups:
                    groups[frozen] = (keys, [])
                groups[frozen][1].append([value(item, index) for value in input.values.values()])
        rows: list[dict[str, Any]] = []
        for keys, members in groups.values():
            row: dict[str, Any] = dict(zip(input.by, keys, strict=True)) | {"count": len(members)}
            for name, column in zip(input.values, zip(*members, strict=True), strict=True):
                row[name] = aggregate(input.functions.get(name, "sum"), list(column), name)
            rows.append(row)
        return self.Output(rows=await ctx.make_items(rows))
