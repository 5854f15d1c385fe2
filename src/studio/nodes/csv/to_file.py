"""csv.to_file."""

from __future__ import annotations

from collections.abc import AsyncIterator

from studio.nodes.csv._write import columns_of, written
from studio.sdk import BaseNode, Effect, Example, File, Items, NodeContext, NodeModel, Param


class ToFile(BaseNode):
    """Write a list of objects of any length as a CSV file.

    Lists and objects within become JSON, null an empty cell.
    """

    type = "csv.to_file"
    title = "CSV file"
    keywords = ("export", "download", "table", "spreadsheet", "excel", "attachment")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="Objects")
        name: str = Param("data.csv", min_length=1, max_length=200, description="Name of the file")
        columns: list[str] = Param(default_factory=list, description="Fields to write; all without")
        delimiter: str = Param(",", min_length=1, max_length=1, description="What parts cells")
        header: bool = Param(True, description="Begin with the names")
        safe: bool = Param(False, description="Keep spreadsheets from taking texts for formulas")
        excel: bool = Param(False, description="Mark the file so that Excel reads its letters rightly")

    class Output(NodeModel):
        file: File

    examples = (
        Example(
            title="Two rows",
            input={"items": [{"n": 1, "é": None}, {"n": 2, "é": True}], "name": "n.csv"},
            output={"file": {"name": "n.csv", "media_type": "text/csv", "text": "n,é\r\n1,\r\n2,true\r\n"}},
        ),
        Example(
            title="For Excel",
            input={"items": [{"é": 1}], "delimiter": ";", "excel": True},
            output={"file": {"text": "\ufeffé\r\n1\r\n"}},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        columns = columns_of(input.items, input.columns)

        async def pieces() -> AsyncIterator[bytes]:
            if input.excel:
                yield b"\xef\xbb\xbf"
            async for part in written(
                input.items, columns, delimiter=input.delimiter, header=input.header, safe=input.safe, ctx=ctx
            ):
                yield part.encode()

        return self.Output(file=await ctx.make_file(pieces(), input.name, "text/csv"))
