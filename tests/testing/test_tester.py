"""The tester runs nodes as the engine does, and catches those that break their contract."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from studio.domain.errors import InputInvalid, OutputInvalid, StorageCorrupt, UserError
from studio.domain.values import BlobRef, FileRef, TableRef
from studio.sdk import (
    BaseNode,
    ControlNode,
    Effect,
    File,
    HttpRequest,
    Items,
    Json,
    NodeContext,
    NodeModel,
    Param,
    PerItem,
    Received,
    Table,
    TriggerEvent,
    TriggerNode,
)
from studio.testing import NOW, NodeContractError, NodeTester, ScratchItems, check_plain, listed


class Probe(BaseNode):
    """Does what ``what`` says."""

    type = "test.probe"
    effect = Effect.IRREVERSIBLE
    ports = ("left", "right")

    class Input(NodeModel):
        what: str = ""
        data: Json = None
        items: Items = Param(default_factory=list)
        where: PerItem[bool] = PerItem.constant(True)
        by: list[PerItem[Json]] = Param(default_factory=list)
        named: dict[str, PerItem[Json]] = Param(default_factory=dict)

    class Output(NodeModel):
        data: Json = None
        when: datetime | None = None

    def effect_of(self, input: Input) -> Effect:
        return Effect.READ if input.what == "read" else self.effect

    async def prepare(self, input: Input, ctx: NodeContext) -> Any:
        return object() if input.what == "bad intent" else {"prepared": True}

    async def run(self, input: Input, ctx: NodeContext) -> Any:
        return await getattr(self, input.what.replace(" ", "_"))(input, ctx)

    async def echo(self, input: Input, ctx: NodeContext) -> Any:
        return self.Output(data=input.data)

    async def intent(self, input: Input, ctx: NodeContext) -> Any:
        return {"data": [ctx.intent, ctx.recovering, ctx.attempt]}

    async def read(self, input: Input, ctx: NodeContext) -> Any:
        return {"data": ctx.intent}

    async def mutate(self, input: Input, ctx: NodeContext) -> Any:
        input.data["inner"].append(1)
        return {}

    async def route_left(self, input: Input, ctx: NodeContext) -> Any:
        return self.route("left", self.Output(data=1))

    async def route_away(self, input: Input, ctx: NodeContext) -> Any:
        port = "aw" + "ay"
        return self.route(port, self.Output())

    async def wrong_field(self, input: Input, ctx: NodeContext) -> Any:
        return {"dat": 1}

    async def give(self, input: Input, ctx: NodeContext) -> Any:
        return {"data": GIVEN[input.data]}

    async def when(self, input: Input, ctx: NodeContext) -> Any:
        return {"when": ctx.now}

    async def filter(self, input: Input, ctx: NodeContext) -> Any:
        found = [item for index, item in enumerate(input.items) if input.where(item, index)]
        keys = [[by(item) for by in input.by] for item in found]
        named = {name: call(found[0]) for name, call in input.named.items()}
        return {"data": [found, keys, named, type(input.items).__name__]}

    async def show(self, input: Input, ctx: NodeContext) -> Any:
        await ctx.progress(50, "half")
        await ctx.emit({"part": 1})
        await ctx.log("info", "said", number=1)
        await ctx.check_cancelled()
        return {"data": [ctx.translate("key"), await ctx.call("other", {"a": 1})]}

    async def too_far(self, input: Input, ctx: NodeContext) -> Any:
        await ctx.progress(101)

    async def bad_part(self, input: Input, ctx: NodeContext) -> Any:
        await ctx.emit(b"")

    async def keep(self, input: Input, ctx: NodeContext) -> Any:
        before = await ctx.state.get("none")
        await ctx.state.set([1])
        assert await ctx.state.get() == [1]
        if input.data == "now":
            await ctx.state.set([2], now=True)
        if input.data:
            raise UserError("test.no", "No.")
        return {"data": before}

    async def crash(self, input: Input, ctx: NodeContext) -> Any:
        raise ZeroDivisionError

    async def hang(self, input: Input, ctx: NodeContext) -> Any:
        import asyncio

        await asyncio.Event().wait()

    async def secret(self, input: Input, ctx: NodeContext) -> Any:
        return {"data": [ctx.credential_alias, dict(await ctx.credential())]}

    async def host_file(self, input: Input, ctx: NodeContext) -> Any:
        text = await ctx.files.read("in/a.txt")
        await ctx.files.write("out.txt", text * 2)
        return {"data": text.decode()}

    async def fetch(self, input: Input, ctx: NodeContext) -> Any:
        answer = await ctx.http.send(HttpRequest(method="GET", url=input.data, credential=ctx.credential_alias))
        return {"data": [answer.status, answer.body.decode()]}

    async def dialled(self, input: Input, ctx: NodeContext) -> Any:
        return {"data": await ctx.dial.resolve("127.0.0.1", 5432)}


GIVEN: dict[str, Any] = {
    "bytes": b"", "set": {1}, "tuple": (1,), "huge": 1 << 63, "nan": math.nan, "key": {1: 2}, "object": object(),
    "bool key": {True: 1}, "fine": [1, {"a": None}],
}  # fmt: skip


async def run(what: str, **options: Any):
    with NodeTester(Probe) as tester:
        return await tester.run({"what": what, **options.pop("input", {})}, **options)


async def test_a_plain_run():
    result = await run("echo", input={"data": "{{ {'a': n + 1} }}"}, scope={"n": 1})
    assert result.output == {"data": {"a": 2}, "when": None}
    assert result.ports == ()
    assert result.error is None
    assert result.effect is Effect.IRREVERSIBLE


async def test_intents_are_recorded_for_effects_that_need_them():
    assert (await run("intent")).output["data"] == [{"prepared": True}, False, 1]
    again = await run("intent", recovering=True, intent={"before": 1})
    assert again.output["data"] == [{"before": 1}, True, 2]
    assert again.intent == {"before": 1}
    reading = await run("read")
    assert reading.effect is Effect.READ
    assert reading.output["data"] is None
    with pytest.raises(NodeContractError, match="what prepare returned"):
        await run("bad intent")


async def test_errors_on_purpose_are_results_others_are_not():
    assert isinstance((await run("echo", input={"wrong": 1})).error, InputInvalid)
    failed = (await run("wrong_field")).error
    assert isinstance(failed, OutputInvalid)
    assert failed.node == "example"
    assert (await run("echo", input={"data": "{{ nobody }}"})).error.code.startswith("expression.")
    with pytest.raises(ZeroDivisionError):
        await run("crash")
    with pytest.raises(TimeoutError):
        await run("hang", timeout=0.01)


async def test_a_changed_input_is_caught():
    with pytest.raises(NodeContractError, match="changed its input"):
        await run("mutate", input={"data": {"inner": []}})


async def test_ports():
    assert (await run("route_left")).ports == ("left",)
    with pytest.raises(NodeContractError, match="left by port 'away'"):
        await run("route_away")


@pytest.mark.parametrize("what", sorted(set(GIVEN) - {"fine"}))
async def test_what_is_no_data_is_caught(what):
    with pytest.raises(NodeContractError):
        await run("give", input={"data": what})


async def test_what_is_data_passes():
    assert (await run("give", input={"data": "fine"})).output["data"] == [1, {"a": None}]
    assert (await run("when")).output["when"] == NOW.isoformat().replace("+00:00", "Z")


def test_depth_is_bounded():
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(NodeContractError, match="deep"):
        check_plain(deep, "it")


async def test_per_item_params_and_pages():
    given = {
        "items": [1, 2, 3], "where": "{{ item > least and index > 0 }}", "by": ["{{ item * 2 }}", "constant"],
        "named": {"half": "{{ item / 2 }}", "one": 1},
    }  # fmt: skip
    result = await run("filter", input=given, scope={"least": 1})
    assert result.output["data"] == [[2, 3], [[4, "constant"], [6, "constant"]], {"half": 1.0, "one": 1}, "list"]
    result = await run("filter", input=given, scope={"least": 1}, chunked=True)
    assert result.output["data"][0] == [2, 3]
    assert result.output["data"][3] == "ScratchItems"


async def test_what_a_node_shows_and_asks():
    result = await run("show", workflows={"other": 42})
    assert result.progress == [(50, "half")]
    assert result.parts == [{"part": 1}]
    assert result.logs == [("info", "said", {"number": 1})]
    assert result.calls == [("other", {"a": 1})]
    assert result.output["data"] == ["key", 42]
    assert (await run("show")).error.code == "workflow.unknown"
    with pytest.raises(NodeContractError, match="0 to 100"):
        await run("too_far")
    with pytest.raises(NodeContractError, match="the part"):
        await run("bad_part")


async def test_state_is_kept_on_success_or_at_once():
    kept = await run("keep")
    assert (kept.output["data"], kept.state) == ("none", [1])
    assert (await run("keep", state=[0])).output["data"] == [0]
    assert (await run("keep", state=[0], input={"data": "fail"})).state == [0]
    assert (await run("keep", state=[0], input={"data": "now"})).state == [2]


async def test_credentials():
    assert (await run("secret")).error.code == "node.no_credential"
    assert (await run("secret", credential={"token": "t"})).output["data"] == ["example", {"token": "t"}]


async def test_host_files_stay_in_the_folder():
    with NodeTester(Probe) as tester:
        result = await tester.run({"what": "host_file"}, files={"in/a.txt": "ab"})
        assert result.output == {"data": "ab", "when": None}
        assert (tester.files / "out.txt").read_text() == "abab"
        folder = tester.folder
    assert not folder.exists()


async def test_only_allowed_hosts_are_reached():
    refused = await run("fetch", input={"data": "http://127.0.0.1:9/x"})
    assert refused.error.code == "net.refused"
    assert refused.requests[0].url == "http://127.0.0.1:9/x"
    assert (await run("dialled")).error.code == "net.refused"
    assert (await run("dialled", allow_hosts=["127.0.0.1:5432"])).output["data"] == "127.0.0.1"
    alias = await run("fetch", input={"data": "http://127.0.0.1:9/x"}, allow_hosts=["127.0.0.1"], credential={"a": "b"})
    assert alias.error.code == "net.no_credentials"


class Batch(BaseNode):
    """Works in batches."""

    type = "test.batch"
    effect = Effect.PURE
    batch_size = 10

    class Input(NodeModel):
        n: int

    class Output(NodeModel):
        n: int

    async def run_many(self, inputs, ctx):
        if inputs[0].n == 0:
            return []
        if inputs[0].n < 0:
            return [UserError("test.negative", "No.")]
        return [{"n": one.n * 2} for one in inputs]


async def test_batches():
    with NodeTester(Batch()) as tester:
        assert (await tester.run({"n": 2})).output == {"n": 4}
        assert (await tester.run({"n": -1})).error.code == "test.negative"
        with pytest.raises(NodeContractError, match="0 results for one input"):
            await tester.run({"n": 0})


class Storing(BaseNode):
    """Makes files, tables and lists."""

    type = "test.storing"
    effect = Effect.PURE

    class Input(NodeModel):
        file: File
        count: int = 0

    class Output(NodeModel):
        copy_: File = Param(alias="copy")
        table: Table
        items: Items

    async def run(self, input: Input, ctx: NodeContext) -> Any:
        async def pieces() -> AsyncIterator[bytes]:
            async for piece in ctx.stream_file(input.file, 1):
                yield piece

        copy = await ctx.make_file(pieces(), "copy.html")
        async with ctx.local_file(input.file) as path:
            assert path.read_bytes() == await ctx.read_file(input.file)
        with pytest.raises(UserError):
            await ctx.read_file(input.file, max_bytes=1)
        async with ctx.new_table() as draft:
            draft.path.write_bytes(b"arrow")
            table = await draft.commit(1, [("a", "Int64")])
        async with ctx.new_table():
            pass
        async with ctx.local_table(table) as path:
            assert path.read_bytes() == b"arrow"

        async def numbers() -> AsyncIterator[int]:
            for number in range(input.count):
                yield number

        items = await ctx.make_items(numbers())
        assert list(await ctx.make_items([1, 2])) == [1, 2]
        return {"copy": copy, "table": table, "items": items}


async def test_files_tables_and_lists():
    with NodeTester(Storing) as tester:
        result = await tester.run({"file": "{{ f }}", "count": 250}, scope={"f": tester.file("héllo", "a.txt")})
        assert result.error is None
        assert result.output is not None
        copy, table, items = result.output["copy"], result.output["table"], result.output["items"]
        assert (copy.name, copy.media_type, tester.content(copy)) == ("copy.html", "text/html", "héllo".encode()[1:])
        assert (table.rows, table.columns, tester.content(table)) == (1, (("a", "Int64"),), b"arrow")
        assert isinstance(items, ScratchItems)
        assert listed({"a": [items]})["a"][0] == list(range(250))
        assert (items[0], items[-1], items[98:102], len(items)) == (0, 249, [98, 99, 100, 101], 250)
        for index in (250, -251):
            with pytest.raises(IndexError):
                items[index]
        with pytest.raises(StorageCorrupt):
            tester.content(FileRef(BlobRef("gone", 1, b""), "gone.txt"))
        assert tester.file(b"", "none").media_type == "application/octet-stream"
        assert isinstance(table, TableRef)


class Loop(ControlNode):
    """Loop."""

    type = "test.loop"
    effect = Effect.PURE
    executor = "loop"

    class Input(NodeModel): ...

    class Output(NodeModel): ...


async def test_control_nodes_need_the_engine():
    with NodeTester(Loop) as tester, pytest.raises(NodeContractError, match="engine runner"):
        await tester.run({})


class Feed(TriggerNode):
    """New entries of a feed."""

    type = "test.feed"
    source = "poll"

    class Input(NodeModel):
        wrong: bool = False

    class Event(NodeModel):
        number: int

    async def activate(self, input, ctx):
        await ctx.log("info", "on")

    async def deactivate(self, input, ctx):
        await ctx.log("info", "off")

    async def poll(self, input, ctx):
        seen = await ctx.state.get(0)
        await ctx.state.set(seen + 1)
        return [TriggerEvent({"number": "?" if input.wrong else seen}), TriggerEvent(self.Event(number=seen))]


class Hook(TriggerNode):
    """A webhook."""

    type = "test.hook"
    source = "receive"

    class Input(NodeModel): ...

    class Event(NodeModel):
        method: str
        body: str
        who: str | None
        query: list[Json]

    async def receive(self, input, request, ctx):
        if request.header("x-bad"):
            return Received(status=400)
        data = {"method": request.method, "body": request.body.decode(), "who": request.header("X-Who")}
        return Received([TriggerEvent({**data, "query": [list(pair) for pair in request.query]})], status=201)


class Socket(TriggerNode):
    """A connection."""

    type = "test.socket"
    source = "listen"

    class Input(NodeModel): ...

    class Event(NodeModel):
        number: int

    async def listen(self, input, ctx):
        yield TriggerEvent({"number": 1})
        yield TriggerEvent({"number": 2})


class Manual(TriggerNode):
    """By hand."""

    type = "test.manual"
    source = "manual"

    class Input(NodeModel): ...

    class Event(NodeModel):
        by: str = "somebody"


async def test_triggers():
    with NodeTester(Feed) as tester:
        result = await tester.run({}, state=4)
        assert result.output == {"events": [{"number": 4}, {"number": 4}]}
        assert result.state == 5
        assert [entry[1] for entry in result.logs] == ["on", "off"]
        assert (await tester.run({"wrong": True})).error.code == "node.output_invalid"
    with NodeTester(Hook) as tester:
        scope = {"request": {"method": "PUT", "body": "é", "headers": {"X-Who": "me"}, "query": {"a": 1}}}
        result = await tester.run({}, scope=scope)
        assert result.output == {
            "events": [{"method": "PUT", "body": "é", "who": "me", "query": [["a", "1"]]}], "status": 201,
        }  # fmt: skip
        result = await tester.run({}, scope={"request": {"headers": {"x-bad": "1"}, "body": b""}})
        assert result.output == {"events": [], "status": 400}
    with NodeTester(Socket) as tester:
        assert (await tester.run({})).output == {"events": [{"number": 1}, {"number": 2}]}
    with NodeTester(Manual) as tester:
        assert (await tester.run({}, scope={"event": {"by": "me"}})).output == {"by": "me"}
        assert (await tester.run({})).output == {"by": "somebody"}


class FakeHttp:
    """A client that answers itself."""

    async def send(self, request):
        from studio.sdk import HttpResponse

        return HttpResponse(status=200, url=request.url, headers=[], body=b"fake")

    def stream(self, request):
        raise NotImplementedError


async def test_an_injected_client():
    result = await run("fetch", input={"data": "https://example.org"}, http=FakeHttp())
    assert result.output["data"] == [200, "fake"]
    assert [request.url for request in result.requests] == ["https://example.org"]


async def test_a_folder_of_ones_own_stays(tmp_path):
    with NodeTester(Probe, folder=tmp_path / "own") as tester:
        tester.file("a", "a.txt")
    assert (tmp_path / "own").exists()
