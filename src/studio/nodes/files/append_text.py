"""files.append_text."""

from __future__ import annotations

from typing import Any

from studio.nodes.files._recovery import missing_part, recorded
from studio.nodes.files._text import encode
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_MOST_TAIL = 64 * 1024 * 1024
_MOST_TRIES = 100


class AppendText(BaseNode):
    """Add text at the end of a file.

    The file's length is recorded beforehand. After a crash, what stands behind it tells whether the text was added, so
    it is not added twice; a text cut off in the middle is completed. Others may append to the same file meanwhile.
    Only the same text without a line end, appended by two runs at once during a crash, cannot be told apart.
    """

    type = "files.append_text"
    title = "Append text"
    keywords = ("add", "log", "write", "line", "journal")
    effect = Effect.KEYED

    class Input(NodeModel):
        path: str = Param(description="The file; made where there is none")
        text: str = Param(description="What to add, line end included")
        encoding: str = Param("utf-8", description="Encoding to write, such as utf-8, latin-1")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"path": "log.txt", "text": "two\n"},
            files={"log.txt": "one\n"},
            files_after={"log.txt": "one\ntwo\n"},
            output={"path": "log.txt", "size": 8},
        ),
        Example(title="A new file", input={"path": "new/ü.txt", "text": "é"}, files_after={"new/ü.txt": "é"}),
        Example(title="A folder", input={"path": ".", "text": "x"}, error="files.not_a_file"),
    )

    async def prepare(self, input: Input, ctx: NodeContext) -> Any:
        """The length before, recorded with the intent."""
        return {"length": await ctx.files.size(input.path) or 0}

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        content = encode(input.text, input.encoding)
        before = recorded(ctx, "length") if ctx.recovering else None
        if before is not None:
            return self.Output(path=input.path, size=await self._complete(input.path, content, before, ctx))
        return self.Output(path=input.path, size=await ctx.files.append(input.path, content))

    async def _complete(self, path: str, content: bytes, before: int, ctx: NodeContext) -> int:
        """Append what is missing, looking again where another run appended between looking and writing."""
        for _ in range(_MOST_TRIES):
            await ctx.check_cancelled()
            length = await ctx.files.size(path) or 0
            tail = await ctx.files.tail(path, before, _MOST_TAIL) if length > before else b""
            missing = missing_part(tail, content)
            if not missing:
                return length
            try:
                return await ctx.files.append(path, missing, at=length)
            except UserError as error:
                if error.code != "files.length_changed":
                    raise
        raise UserError("files.too_busy", "Others keep appending to {path}; the text was not added.", path=path)
