"""json.query."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from studio.nodes.json._query import Walk, split_query
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


def _check(query: str) -> str:
    split_query(query)
    return query


class Query(BaseNode):
    """Find all values in nested data that a path leads to.

    Paths are those of JSONPath: ``$.books[*].title``, ``$..price`` at any depth, ``[0]``, ``[-1]``, ``[1:3]``,
    ``['odd name']``. Filters are written as expressions instead, or with ``list.filter``.
    """

    type = "json.query"
    title = "Query JSON"
    keywords = ("jsonpath", "path", "find", "search", "extract", "select")
    effect = Effect.PURE

    class Input(NodeModel):
        data: Json = Param(description="The data")
        query: Annotated[str, AfterValidator(_check)] = Param(max_length=1000, description="Such as $.books[*].title")

    class Output(NodeModel):
        values: Items
        first: Json

    examples = (
        Example(
            title="A field of each",
            input={"data": {"livres": [{"titre": "Là-bas"}, {"titre": "Nana"}]}, "query": "$.livres[*].titre"},
            output={"values": ["Là-bas", "Nana"], "first": "Là-bas"},
        ),
        Example(
            title="At any depth",
            input={"data": {"a": {"price": 1}, "b": [{"price": 2}]}, "query": "$..price"},
            output={"values": [1, 2]},
        ),
        Example(title="Nothing there", input={"data": [], "query": "$[0].x"}, output={"values": [], "first": None}),
        Example(title="No path", input={"data": 1, "query": "$.a[?(@.b)]"}, error="node.param_invalid"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        found = Walk().follow(input.data, split_query(input.query))
        return self.Output(values=await ctx.make_items(found), first=found[0] if found else None)
