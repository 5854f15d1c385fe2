"""csv.stringify."""

from __future__ import annotations

from studio.nodes.csv._write import columns_of, written
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError

_LONGEST = 64 * 1024 * 1024


class Stringify(BaseNode):
    """Write a list of objects as comma-separated values, into a text.

    Lists and objects within become JSON, null an empty cell. For long lists use ``csv.to_file``.
    """

    type = "csv.stringify"
    title = "Write CSV"
    keywords = ("export", "table", "spreadsheet", "excel", "tsv", "delimited")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="Objects")
        columns: list[str] = Param(default_factory=list, description="Fields to write; all without")
        delimiter: str = Param(",", min_length=1, max_length=1, description="What parts cells")
        header: bool = Param(True, description="Begin with the names")
        safe: bool = Param(False, description="Keep spreadsheets from taking texts for formulas")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="All fields",
            input={"items": [{"ville": "Nîmes", "n": 1}, {"ville": 'a "b", c', "tags": ["x"]}]},
            output={"text": 'ville,n,tags\r\nNîmes,1,\r\n"a ""b"", c",,"[""x""]"\r\n'},
        ),
        Example(
            title="No formulas",
            input={"items": [{"x": "=1+1"}], "header": False, "safe": True},
            output={"text": "'=1+1\r\n"},
        ),
        Example(title="No objects", input={"items": [1]}, error="csv.not_an_object"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        parts: list[str] = []
        length = 0
        columns = columns_of(input.items, input.columns)
        async for part in written(
            input.items, columns, delimiter=input.delimiter, header=input.header, safe=input.safe, ctx=ctx
        ):
            parts.append(part)
            length += len(part)
            if length > _LONGEST:
                raise UserError(
                    "csv.too_long",
                    "The text would have more than {limit} characters; use `csv.to_file`.",
                    limit=_LONGEST,
                )
        return self.Output(text="".join(parts))
