"""files.info."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import PurePath

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_PIECE = 1024 * 1024


class Info(BaseNode):
    """Give a file's size, checksum and kind without loading it."""

    type = "files.info"
    title = "File facts"
    keywords = ("size", "checksum", "sha256", "hash", "stat", "mime")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The file; relative paths start at the workflow's folder")

    class Output(NodeModel):
        name: str
        size: int = Param(description="Length in bytes")
        sha256: str = Param(description="SHA-256 of the content, in hex")
        media_type: str = Param(description="Guessed from the name")

    examples = (
        Example(
            input={"path": "a/b.json"},
            files={"a/b.json": "abc"},
            output={
                "name": "b.json",
                "size": 3,
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "media_type": "application/json",
            },
        ),
        Example(
            title="No known ending",
            input={"path": "données"},
            files={"données": ""},
            output={"size": 0, "media_type": "application/octet-stream"},
        ),
        Example(title="No such file", input={"path": "none"}, error="files.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        digest, size = hashlib.sha256(), 0
        while piece := await ctx.files.tail(input.path, size, _PIECE):
            digest.update(piece)
            size += len(piece)
            await ctx.check_cancelled()
        name = PurePath(input.path).name
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self.Output(name=name, size=size, sha256=digest.hexdigest(), media_type=kind)
