"""lab.hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from studio.domain.values import FileRef
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel


class Hands(BaseNode):
    """Use what a context offers; ``what`` names the part, and what came of it is given."""

    type = "lab.hands"
    effect = Effect.READ

    class Input(NodeModel):
        what: str
        file: Json = None

    class Output(NodeModel):
        value: Any

    examples = (Example(input={"what": "names"}, output={}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=await getattr(self, f"_{input.what}")(ctx))

    async def _names(self, ctx: NodeContext) -> Any:
        await ctx.check_cancelled()
        names = [ctx.workspace, ctx.workflow_name, ctx.time_zone, ctx.path, ctx.translate("some.key", n=1)]
        return [*names, ctx.now.isoformat(), ctx.execution_id]

    async def _tells(self, ctx: NodeContext) -> Any:
        await ctx.log("info", "half way", step=1)
        await ctx.progress(50, "half")
        return await ctx.emit({"n": 1})

    async def _file(self, ctx: NodeContext) -> Any:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"two "
            yield b"pieces"

        whole = await ctx.make_file(b"whole", "a.txt")
        parts = await ctx.make_file(pieces(), "b.unheard-of")
        streamed = b"".join([piece async for piece in ctx.stream_file(parts, 4)])
        async with ctx.local_file(whole) as path:
            local = path.read_bytes()
        types = [whole.media_type, parts.media_type]
        read = (await ctx.read_file(parts)).decode()
        return {"files": [whole, parts], "types": types, "read": [read, streamed.decode(), local.decode()]}

    async def _large(self, ctx: NodeContext) -> Any:
        file: FileRef = await ctx.make_file(b"12345", "a.txt")
        return (await ctx.read_file(file, max_bytes=4)).decode()

    async def _table(self, ctx: NodeContext) -> Any:
        async with ctx.new_table() as draft:
            draft.path.write_bytes(b"columns")
            table = await draft.commit(3, [("a", "int64")])
        async with ctx.local_table(table) as path:
            return {"table": table, "held": path.read_bytes().decode()}

    async def _items(self, ctx: NodeContext) -> Any:
        async def numbers() -> AsyncIterator[int]:
            for number in range(3000):
                yield number

        return await ctx.make_items(numbers())

    async def _few(self, ctx: NodeContext) -> Any:
        return await ctx.make_items([1, 2])

    async def _call(self, ctx: NodeContext) -> Any:
        return await ctx.call("other", {})

    async def _secret(self, ctx: NodeContext) -> Any:
        return [ctx.credential_alias, *(await ctx.credential()).values()]

    async def _reach(self, ctx: NodeContext) -> Any:
        return [type(ctx.http).__name__, type(ctx.dial).__name__, (await ctx.files.read("note.txt")).decode()]

    async def _now(self, ctx: NodeContext) -> Any:
        await ctx.state.set("first")
        before = await ctx.state.get()
        await ctx.state.set("second", now=True)
        return [before, await ctx.state.get(), await ctx.state.get("never")]
