"""spy.ask: every part of it that is code looks around."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from pydantic import Field, field_validator

from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    File,
    HttpRequest,
    Items,
    Json,
    Limits,
    NodeContext,
    NodeModel,
    Option,
    Options,
    OptionsPage,
    Param,
    PerItem,
    Refusal,
    Table,
    UserError,
)

from ._look import IMPORTED, SEEN, look


def _told(where: str) -> str:
    return json.dumps(look(where))


class Ask(BaseNode):
    """Look around."""

    type = "spy.ask"
    version = 2
    effect = Effect.IRREVERSIBLE
    credentials = ("spy.key",)
    ports = ("yes", "no")
    open_ports = True

    class Input(NodeModel):
        text: str = Param(description="A text", options="texts")
        port: str = Param("yes")
        key: str = Param("", secret=True)
        what: str = Param("nothing")
        url: str = Param("")
        file: File | None = Param(None)
        items: Items = Param(default_factory=list)
        where: PerItem[bool] | None = Param(None)

        @field_validator("text")
        @classmethod
        def _no_bad_text(cls, value: str) -> str:
            if value == "bad":
                raise Refusal("spy.bad", "is bad, says {found}", found=_told("validator"))
            return value

    class Output(NodeModel):
        seen: Any = None
        personal: str = Field("", json_schema_extra={"x-personal": True})
        value: Json = None
        file: File | None = None
        table: Table | None = None
        items: Items = Param(default_factory=list)

    examples = (Example(input={"text": "a"}, output={"value": str(IMPORTED["pid"])}),)

    def effect_of(self, input: Input) -> Effect:
        look("effect")
        if input.what in ("fetch", "crash"):
            return Effect.IRREVERSIBLE
        return Effect.PURE if input.what == "nothing" else Effect.READ

    def ports_of(self, params: Any) -> tuple[str, ...]:
        look("ports")
        return ("yes", "no", str(params.get("port", "yes")))

    @classmethod
    def migrate(cls, params: dict[str, Any], from_version: int) -> dict[str, Any]:
        look("migrate")
        return {"text": params.pop("old"), **params} if "old" in params else params

    @classmethod
    def output_schema(cls, params: Any) -> dict[str, Any]:
        found = look("schema")
        shown = super().output_schema(params)
        return {**shown, "x-pid": found["pid"]} if params else shown

    async def texts(self, ask: Options, ctx: NodeContext) -> OptionsPage:
        return OptionsPage([Option(_told("options"), "Found")])

    async def prepare(self, input: Input, ctx: NodeContext) -> Any:
        return {"pid": look("prepare")["pid"]}

    async def run(self, input: Input, ctx: NodeContext) -> Any:
        SEEN.append(ctx.workspace)
        out: dict[str, Any] = {"seen": {**look("run"), "intent": ctx.intent, "workspaces": SEEN}, "personal": "Ada"}
        if input.what != "nothing":
            out |= await getattr(self, f"_{input.what}")(input, ctx)
        return self.route(input.port, self.Output(**out))

    async def _read(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        assert input.where is not None
        kept = [one for number, one in enumerate(input.items) if input.where(one, number)]
        content = await ctx.read_file(input.file) if input.file is not None else b""
        made = await ctx.make_file(content[::-1], "back.txt")
        async with ctx.local_file(made) as path:
            again = path.read_bytes()
        await ctx.state.set({"count": 1 + (await ctx.state.get({"count": 0}))["count"]})
        await ctx.data_tables.ensure("seen", [{"name": "what", "type": "text"}])
        await ctx.data_tables.insert("seen", [{"what": "this"}], key=ctx.idempotency_key)
        long = await ctx.make_items({"n": number, "pad": "x" * 100} for number in range(20_000))
        return {
            "file": made, "items": long,
            "value": {
                "kept": kept, "length": len(input.items), "last": input.items[-1], "again": again.decode(),
                "state": (await ctx.state.get())["count"], "rows": await ctx.data_tables.count("seen"),
                "key": (await ctx.credential())["key"],
            },
        }  # fmt: skip

    async def _streams(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        async def pieces() -> AsyncIterator[bytes]:
            for number in range(3):
                yield str(number).encode() * 700_000

        made = await ctx.make_file(pieces(), "long.txt")
        size = sum([len(piece) async for piece in ctx.stream_file(made, 100_000)])
        async with ctx.http.stream(HttpRequest(method="GET", url=input.url)) as answer:
            body = b"".join([piece async for piece in answer.pieces()])
        async with ctx.new_table() as draft:
            draft.path.write_bytes(b"not really arrow" * 100_000)
            table = await draft.commit(3, [("a", "Int64")])
        async with ctx.local_table(table) as path:
            again = len(path.read_bytes())
        await ctx.progress(50, "half")
        await ctx.emit({"part": 1})
        await ctx.log("info", "said", more=1)
        await ctx.usage(tokens=7)
        apart = await ctx.apart.call(len, [1, 2], limits=Limits(seconds=5))
        items = [one["n"] for one in input.items][::5_000]
        value = {
            "size": size, "body": body.decode(), "status": answer.status, "table": again, "apart": apart,
            "items": items, "text": ctx.translate("spy.greeting", name="Ada"),
        }  # fmt: skip
        return {"file": made, "table": table, "value": value}

    async def _walls(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        import socket

        return {"value": str(socket.create_connection(("127.0.0.1", 9), 1))}

    async def _fetch(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        answer = await ctx.http.send(HttpRequest(method="GET", url=input.url, credential=ctx.credential_alias))
        return {"value": answer.body.decode()}

    async def _other(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        return {"value": dict(await ctx.credential("not-chosen"))}

    async def _files(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        return {"value": [one.path for one in await ctx.files.list(".")]}

    async def _dial(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        return {"value": await ctx.dial.resolve("127.0.0.1", 80)}

    async def _raise(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        raise UserError("spy.own", "My own {what}", what="error")

    async def _fail(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        raise ZeroDivisionError("by zero")

    async def _memory(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        return {"value": len(bytearray(2 * 1024**3))}

    async def _die(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        import ctypes

        return {"value": ctypes.string_at(0)}

    _crash = _die

    async def _forge(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        import msgspec

        made = await ctx.make_file(b"mine", "mine.txt")
        return {"file": msgspec.structs.replace(made, blob=msgspec.structs.replace(made.blob, id="0" * 26))}

    async def _hang(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        import time

        time.sleep(600)
        return {}
