"""files.write_file."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param


class WriteFile(BaseNode):
    """Write a file of the execution to disk, all of it or nothing."""

    type = "files.write_file"
    title = "Write file"
    keywords = ("save", "store", "binary", "export", "download")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        file: File = Param(description="The file of the execution")
        path: str = Param(
            description="Where to; relative paths start at the workflow's folder, a final / keeps the name"
        )
        overwrite: bool = Param(True, description="Replace a file that exists")

    class Output(NodeModel):
        path: str
        size: int

    examples = (
        Example(
            input={"file": "{{ files['dot.bin'] }}", "path": "out/copy.bin"},
            files={"dot.bin": b"\x00\x01"},
            files_after={"out/copy.bin": b"\x00\x01"},
            output={"path": "out/copy.bin", "size": 2},
        ),
        Example(
            title="Its own name",
            input={"file": "{{ files['été.txt'] }}", "path": "out/"},
            files={"été.txt": "x"},
            files_after={"out/été.txt": "x"},
            output={"path": "out/été.txt"},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        name = input.file.name.replace("/", "_").replace("\0", "_")
        path = input.path + name if input.path.endswith("/") else input.path
        size = await ctx.files.write(path, ctx.stream_file(input.file), overwrite=input.overwrite)
        return self.Output(path=path, size=size)
