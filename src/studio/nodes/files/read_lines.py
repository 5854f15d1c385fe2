"""files.read_lines."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator

from studio.nodes.files._text import checked_encoding, not_text
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError

_PIECE = 1024 * 1024
_LONGEST = 16 * 1024 * 1024


class ReadLines(BaseNode):
    """Read a text file line by line, however long it is.

    Lines end with LF or CRLF, which are taken off. A last line without an end counts.
    """

    type = "files.read_lines"
    title = "Read lines"
    keywords = ("load", "open", "rows", "log", "split")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")
        encoding: str = Param("utf-8", description="Its encoding, such as utf-8, latin-1, utf-16")
        skip_empty: bool = Param(False, description="Leave out lines of nothing but white space")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            input={"path": "a.txt"}, files={"a.txt": "one\r\ntwo\n\nτρία"}, output={"items": ["one", "two", "", "τρία"]}
        ),
        Example(
            title="Without empty lines",
            input={"path": "a.txt", "skip_empty": True},
            files={"a.txt": "one\n \n\ntwo\n"},
            output={"items": ["one", "two"]},
        ),
        Example(title="An empty file", input={"path": "a.txt"}, files={"a.txt": ""}, output={"items": []}),
        Example(title="Not text", input={"path": "a.bin"}, files={"a.bin": b"ok\n\xff"}, error="files.not_text"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        lines = (line async for line in _lines(ctx, input.path, input.encoding) if not input.skip_empty or line.strip())
        return self.Output(items=await ctx.make_items(lines))


async def _lines(ctx: NodeContext, path: str, encoding: str) -> AsyncIterator[str]:
    decoder = codecs.getincrementaldecoder(checked_encoding(encoding))()
    offset, rest = 0, ""
    while True:
        await ctx.check_cancelled()
        piece = await ctx.files.tail(path, offset, _PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise not_text(path, encoding, offset + error.start) from error
        offset += len(piece)
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line.removesuffix("\r")
        if len(rest) > _LONGEST:
            raise UserError(
                "files.line_too_long", "{path} has a line of more than {limit} characters.", path=path, limit=_LONGEST
            )
        if not piece:
            break
    if rest:
        yield rest
