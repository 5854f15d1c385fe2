"""csv.parse."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable
from typing import Any, Literal, Self

from pydantic import model_validator

from studio.nodes.csv._read import Kind, Layout, Reader
from studio.sdk import BaseNode, Effect, Example, File, Items, NodeContext, NodeModel, Param, Refusal, UserError

_BATCH = 500


class Parse(BaseNode):
    """Read comma-separated values, from a text or a file, as a list of objects.

    The delimiter is found out unless given. With ``types: auto`` numbers and truth values become such; codes with
    leading zeros stay texts. Empty cells of typed columns become null.
    """

    type = "csv.parse"
    title = "Parse CSV"
    keywords = ("read", "table", "spreadsheet", "excel", "tsv", "delimited", "import")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str | None = Param(None, widget="multiline", description="The text")
        file: File | None = Param(None, description="A file instead of a text")
        delimiter: str | None = Param(
            None, min_length=1, max_length=1, description="What parts cells; found out without"
        )
        header: bool = Param(True, description="Whether the first row holds the names")
        columns: list[str] = Param(default_factory=list, description="Names to use instead of the header's")
        types: Kind | dict[str, Kind] = Param("text", description="What cells become: for all columns, or by name")
        ragged: Literal["fail", "fill"] = Param("fail", description="Where a row is too short: refuse, or fill it up")
        empty_as_null: bool = Param(False, description="Empty cells of texts become null too")
        encoding: str = Param("utf-8", max_length=40, description="Encoding of the file")

        @model_validator(mode="after")
        def _one_source(self) -> Self:
            if (self.text is None) == (self.file is None):
                raise Refusal("csv.one_source", "give either text or file")
            return self

    class Output(NodeModel):
        items: Items
        columns: list[str]

    examples = (
        Example(
            title="With a header",
            input={"text": 'ville;hab\n"Nîmes";148\n"Saint ""X""";\n', "types": {"hab": "integer"}},
            output={
                "items": [{"ville": "Nîmes", "hab": 148}, {"ville": 'Saint "X"', "hab": None}],
                "columns": ["ville", "hab"],
            },
        ),
        Example(
            title="Types found out",
            input={"text": "zip,ok,n\n01234,true,1.5", "types": "auto"},
            output={"items": [{"zip": "01234", "ok": True, "n": 1.5}]},
        ),
        Example(
            title="A file without header",
            input={"file": "{{ files['a.tsv'] }}", "header": False},
            files={"a.tsv": "1\tд\n2\tж\n"},
            output={"items": [{"column_1": "1", "column_2": "д"}, {"column_1": "2", "column_2": "ж"}]},
        ),
        Example(title="A row too long", input={"text": "a,b\n1,2,3"}, error="csv.ragged"),
        Example(title="No number", input={"text": "n\nx", "types": "number"}, error="csv.bad_cell"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.text is not None:
            return await self._read(io.StringIO(input.text, newline=""), input, ctx)
        if input.file is None:
            raise AssertionError("the model demands a text or a file")
        async with ctx.local_file(input.file) as path:
            try:
                with path.open(encoding=input.encoding, newline="") as lines:
                    return await self._read(lines, input, ctx)
            except (UnicodeDecodeError, LookupError) as error:
                raise UserError(
                    "csv.encoding",
                    "{name} cannot be read as {encoding}: {reason}.",
                    name=input.file.name,
                    encoding=input.encoding,
                    reason=str(error)[:100],
                ) from error

    async def _read(self, lines: Iterable[str], input: Input, ctx: NodeContext) -> Output:
        layout = Layout(input.delimiter, input.header, input.columns, input.types, input.ragged, input.empty_as_null)
        reader = Reader(lines, layout)
        reader.start()

        async def rows() -> AsyncIterator[dict[str, Any]]:
            while batch := reader.rows(_BATCH):
                for row in batch:
                    yield row
                if len(batch) == _BATCH:
                    await ctx.check_cancelled()

        return self.Output(items=await ctx.make_items(rows()), columns=reader.columns)
