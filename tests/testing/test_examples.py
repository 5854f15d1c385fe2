"""Examples are run, compared, and what they promise wrongly is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio.domain.errors import NodeError, UserError
from studio.domain.values import BlobRef, FileRef, TableRef
from studio.sdk import (
    BaseNode,
    ControlNode,
    CredentialField,
    CredentialType,
    Effect,
    Example,
    HeaderScheme,
    HttpRequest,
    Items,
    Json,
    NodeModel,
    Param,
)
from studio.testing import (
    LoopbackServer,
    NodeContractError,
    SetupMissingError,
    check_pack,
    compare,
    count,
    example_workflow,
    postgres,
    run_example,
)


class Input(NodeModel):
    text: str = ""
    url: str = ""
    items: Items = Param(default_factory=list)
    data: Json = None


class Output(NodeModel):
    data: Json


class Base(BaseNode, abstract=True):
    effect = Effect.READ
    Input, Output = Input, Output

    async def run(self, input: Input, ctx: Any) -> Any:
        if input.text == "refuse":
            raise UserError("test.refused", "Refused.")
        if input.text == "crash":
            raise ZeroDivisionError("by zero")
        if input.text == "write":
            await ctx.files.write("out.txt", b"written")
        if input.text == "file":
            return {"data": await ctx.make_file(b"abc", "a.txt")}
        if input.text == "first":
            return {"data": input.items[0] if isinstance(input.items, list) else "no list"}
        if input.url:
            answer = await ctx.http.send(HttpRequest(method="GET", url=input.url, credential=ctx.credential_alias))
            return {"data": [answer.status, answer.body.decode()]}
        return {"data": list(input.items) or input.data or input.text}


def with_examples(*examples: Example, **facts: Any) -> BaseNode:
    namespace = {"type": "test.made", "examples": examples, **facts}
    return type("Made", (Base,), namespace)()


async def outcome(*examples: Example, **facts: Any) -> tuple[str, str]:
    result = await run_example(with_examples(*examples, **facts), 0)
    return result.status, result.reason


@pytest.mark.parametrize(
    "example",
    [
        Example(input={"text": "a"}, output={"data": "a"}),
        Example(input={"data": {"a": [1, 2.0], "b": 2}}, output={"data": {"a": [1, 2.0 + 1e-12]}}),
        Example(input={"text": "refuse"}, error="test.refused"),
        Example(input={"text": 3}, error="node.param_invalid"),
        Example(input={"text": "write"}, files_after={"out.txt": "written"}),
        Example(input={"text": "write"}, files_after={"out.txt": b"written"}),
        Example(input={"items": [1, 2, 3]}, output={"data": [1, 2, 3]}),
        Example(input={"data": "{{ files['a.txt'].size }}"}, files={"a.txt": "abc"}, output={"data": 3}),
        Example(input={"data": "{{ x }}"}, scope={"x": (None)}, output={"data": ""}),
        Example(input={"text": "file"}, output={"data": {"name": "a.txt", "size": 3, "text": "abc", "bytes": b"abc"}}),
        Example(input={"text": "file"}, output={"data": {"media_type": "text/plain"}}),
        Example(input={"url": "{server}/a"}, server={"/a": (200, {}, "yes")}, output={"data": [200, "yes"]}),
        Example(
            input={"url": "{{ server + '/b' }}"}, server={"/a": (200, {}, "x")}, output={"data": [404, "not found"]}
        ),
        Example(input={"data": ["{server}"]}, output={"data": ["{server}"]}),
    ],
)
async def test_examples_that_hold(example):
    assert await outcome(example) == ("passed", "")


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        (Example(input={"text": "a"}, output={"data": "b"}), "output.data is 'a' instead of 'b'"),
        (Example(input={"data": 1}, output={"data": True}), "output.data is 1 instead of True"),
        (Example(input={"data": {"a": 1}}, output={"data": {"b": 1}}), "output.data has no 'b'"),
        (Example(input={"data": [1]}, output={"data": [1, 2]}), "has 1 entries instead of 2"),
        (Example(input={"data": [1, [2]]}, output={"data": [1, [3]]}), "output.data[1][0] is 2"),
        (Example(input={"text": "refuse"}, output={"data": 1}), "failed with test.refused: Refused."),
        (Example(input={"text": "refuse"}, error="test.other"), "should fail with test.other, but failed with"),
        (Example(input={"text": "a"}, error="test.refused"), "should fail with test.refused, but did not"),
        (Example(input={"text": "a"}, port="left"), "left by the default port instead of left"),
        (Example(input={"text": "crash"}), "ZeroDivisionError: by zero"),
        (Example(input={"text": "a"}, files_after={"out.txt": ""}), "there is no file out.txt"),
        (Example(input={"text": "write"}, files_after={"out.txt": "x"}), "holds b'written'"),
        (Example(input={"text": "first", "items": [1]}, output={"data": 1}), "'no list' instead of 1"),
        (Example(input={"url": "http://127.0.0.1:1/"}), "net.refused"),
    ],
)
async def test_examples_that_do_not_hold(example, reason):
    status, said = await outcome(example)
    assert status == "failed"
    assert reason in said


async def test_a_set_up_that_is_not_there(monkeypatch, tmp_path):
    assert await outcome(Example(input={}, setup="mainframe")) == ("skipped", "there is no set-up called 'mainframe'")
    monkeypatch.delenv("STUDIO_TEST_POSTGRES", raising=False)
    monkeypatch.setattr("studio.testing._postgres.Path", lambda _: tmp_path)
    status, reason = await outcome(Example(input={}, setup="postgres"))
    assert status == "skipped"
    assert "Postgres is not installed" in reason


async def test_a_postgres_that_is_named(monkeypatch):
    monkeypatch.setenv("STUDIO_TEST_POSTGRES", "postgresql://me:p%40ss@db.example.org:5433/shop")
    async with postgres() as facts:
        assert facts["password"] == "p@ss"
    node = Example(
        input={"data": "{{ postgres.host }} {{ postgres.port }}"},
        setup="postgres",
        output={"data": "db.example.org 5433"},
    )
    assert await outcome(node) == ("passed", "")
    monkeypatch.setenv("STUDIO_TEST_POSTGRES", "postgresql://")
    async with postgres() as facts:
        assert (facts["host"], facts["port"], facts["user"], facts["database"]) == (
            "127.0.0.1", 5432, "postgres", "postgres",
        )  # fmt: skip


async def test_a_postgres_of_its_own(monkeypatch):
    monkeypatch.delenv("STUDIO_TEST_POSTGRES", raising=False)
    import asyncpg

    try:
        async with postgres() as facts:
            connection = await asyncpg.connect(facts["url"])
            assert await connection.fetchval("select 1 + 1") == 2
            await connection.close()
    except SetupMissingError as error:
        pytest.skip(str(error))


async def test_a_program_that_fails(monkeypatch, tmp_path):
    from studio.testing import _postgres

    program = tmp_path / "initdb"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(_postgres.os, "geteuid", lambda: 1000)
    with pytest.raises(SetupMissingError, match="initdb failed: broken"):
        _postgres._run(tmp_path, tmp_path, "initdb")


KEY = CredentialType(
    "shop.key",
    "Key",
    (CredentialField("token", "Token", secret=True),),
    HeaderScheme("X-Key"),
    hosts=("shop.example.org",),
)


async def test_credentials_may_go_to_the_examples_server():
    answers = {"/a": (200, {}, "yes")}
    example = Example(
        input={"url": "{server}/a"}, server=answers, credential={"token": "t"}, output={"data": [200, "yes"]}
    )
    node = with_examples(example, credentials=("shop.key",))
    result = await run_example(node, 0, credential_types={"shop.key": KEY})
    assert (result.status, result.reason) == ("passed", "")
    unknown = await run_example(node, 0)
    assert "net.no_credentials" in unknown.reason
    alone = with_examples(Example(input={}, credential={"token": "t"}), credentials=("shop.key",))
    assert (await run_example(alone, 0, credential_types={"shop.key": KEY})).status == "passed"


async def test_the_loopback_server():
    from studio.net import EgressClient, EgressPolicy

    answers = {
        "/list": [(500, {}, None), (200, {"X-A": "1"}, {"é": 1})],
        "POST /only": (299, {"Content-Type": "text/html"}, b"<p>"),
        "/odd": (999, {}, "odd"),
    }
    async with LoopbackServer(answers) as server:
        client = EgressClient(EgressPolicy([f"127.0.0.1:{server.port}"]))

        async def send(method: str, path: str, **more: Any):
            return await client.send(HttpRequest(method=method, url=server.url + path, **more))

        assert [(await send("GET", "/list")).status for _ in range(3)] == [500, 200, 200]
        assert (await send("GET", "/list")).header("x-a") == "1"
        assert (await send("GET", "/only")).status == 404
        found = await send("POST", "/only", body=b'{"a": 1}', params=[("q", "x y")])
        assert (found.status, found.body, found.header("content-type")) == (299, b"<p>", "text/html")
        assert server.requests[-1].json() == {"a": 1}
        assert server.requests[-1].query == {"q": "x y"}
        assert (await send("HEAD", "/list")).body == b""
        await client.aclose()
        await raw(server.port, b"POST /odd HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                  b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")  # fmt: skip
        assert server.requests[-1].body == b"abcde"
        await raw(server.port, b"POST /odd HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc", close=True)


async def raw(port: int, data: bytes, *, close: bool = False) -> bytes:
    import asyncio

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    if close:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


class Loop(ControlNode):
    """Loop."""

    type = "flow.loop"
    effect = Effect.PURE
    executor = "loop"
    bodies = ("body", "catch")
    ports = ("done", "stuck")
    examples = (
        Example(
            input={"n": 1}, body={"nodes": {}, "output": 1}, output={"turns": 1}, port="done",
            files={"sub/a.yaml": "text"}, files_after={"sub/a.yaml": "text"}, scope={"inputs": {"x": 1}},
        ),
        Example(input={"n": 1}, body={"body": {"nodes": {}}, "catch": {"nodes": {}}}, error="loop.stuck"),
        Example(input={}),
    )  # fmt: skip

    class Input(NodeModel):
        n: int = 0

    class Output(NodeModel):
        turns: int


@dataclass
class Ran:
    output: Any = None
    error: Any = None
    seen: list[Any] = field(default_factory=list)


def test_the_workflow_of_an_example():
    first, second, third = (example_workflow(Loop(), example) for example in Loop.examples)
    assert first["nodes"]["example"] == {"type": "flow.loop", "params": {"n": 1}, "body": {"nodes": {}, "output": 1}}
    assert first["edges"] == ["example.done -> at_done", "example.stuck -> at_stuck"]
    assert first["output"]["ports"]["done"] == "{{ default(at_done.values.taken, false) }}"
    assert first["inputs"] == {"x": {}}
    assert second["nodes"]["example"]["catch"] == {"nodes": {}}
    assert third["nodes"]["example"] == {"type": "flow.loop", "params": {}}


async def test_control_nodes_are_run_by_the_engine():
    node = Loop()
    assert (await run_example(node, 0)).status == "skipped"
    folders: list[Path] = []

    def good(workflow: dict[str, Any], folder: Path) -> Ran:
        folders.append(folder)
        assert (folder / "sub" / "a.yaml").read_text() == "text"
        return Ran(output={"output": {"turns": 1}, "ports": {"done": True, "stuck": False}})

    assert (await run_example(node, 0, engine_runner=good)).status == "passed"
    assert not folders[0].exists()

    async def elsewhere(workflow: dict[str, Any], folder: Path) -> Ran:
        return Ran(output={"output": {"turns": 1}, "ports": {"done": False, "stuck": True}})

    result = await run_example(node, 0, engine_runner=elsewhere)
    assert result.reason == "left by stuck instead of done"

    def failing(workflow: dict[str, Any], folder: Path) -> Ran:
        return Ran(error=NodeError("loop.stuck", "Stuck."))

    assert (await run_example(node, 1, engine_runner=failing)).status == "passed"
    assert "loop.stuck" in (await run_example(node, 2, engine_runner=failing)).reason
    nothing = await run_example(node, 2, engine_runner=lambda workflow, folder: Ran(output={"output": None}))
    assert nothing.status == "passed"


class Shelf:
    """A catalogue of a few nodes."""

    def __init__(self, nodes: dict[str, Any], **facts: Any) -> None:
        self.nodes = nodes
        self.facts = SimpleNamespace(**{"types": tuple(nodes), "problems": (), "missing": (), **facts})

    def pack(self, name: str) -> Any:
        return self.facts

    def load(self, type_id: str) -> Any:
        if isinstance(self.nodes[type_id], Exception):
            raise self.nodes[type_id]
        return self.nodes[type_id]

    def credential_types(self) -> dict[str, CredentialType]:
        return {"shop.key": KEY}


async def test_whole_packs():
    good = with_examples(Example(input={"text": "a"}, output={"data": "a"}), credentials=("shop.key",))
    problem = SimpleNamespace(type="", message="The manifest is odd.")
    other = SimpleNamespace(type="test.other", message="Broken.")
    shelf = Shelf(
        {"test.good": good, "test.bare": with_examples(), "test.broken": UserError("a.b", "No library.")},
        problems=(problem, other),
    )
    results = await check_pack("test", shelf)
    assert count(results) == {"passed": 1, "failed": 4, "skipped": 0}
    assert [result.reason for result in results if result.status == "failed"] == [
        "The manifest is odd.", "Broken.", "it has no example", "No library.",
    ]  # fmt: skip
    assert count(await check_pack("test", shelf, types=["test.good", "test.nowhere"])) == {
        "passed": 1, "failed": 0, "skipped": 0,
    }  # fmt: skip
    without = Shelf({"test.good": good}, missing=("polars",))
    results = await check_pack("test", without)
    assert [result.reason for result in results] == ["polars is not installed"]
    assert count(results)["skipped"] == 1


def test_files_and_tables_without_a_tester():
    blob = BlobRef("b", 3, b"")
    compare({"size": 3}, FileRef(blob, "a"), "it")
    compare({"rows": 1, "columns": [["a", "Int64"]]}, TableRef(blob, 1, (("a", "Int64"),)), "it")
    with pytest.raises(NodeContractError, match="has no 'text'"):
        compare({"text": "x"}, FileRef(blob, "a"), "it")
    with pytest.raises(NodeContractError):
        compare("text", FileRef(blob, "a"), "it")


async def test_tables_are_compared_by_their_rows():
    polars = pytest.importorskip("polars")

    class Made(BaseNode):
        """A table."""

        type = "test.table"
        effect = Effect.PURE
        examples = (Example(input={}, output={"table": {"rows": 2, "items": [{"a": 1}, {"a": 2}]}}),)

        class Input(NodeModel): ...

        class Output(NodeModel):
            table: Json

        async def run(self, input: Input, ctx: Any) -> Any:
            async with ctx.new_table() as draft:
                polars.DataFrame({"a": [1, 2]}).write_ipc(draft.path)
                return {"table": await draft.commit(2, [("a", "Int64")])}

    result = await run_example(Made(), 0)
    assert (result.status, result.reason) == ("passed", "")
