"""Code of private packs never runs in the server process: not to validate, preview, list choices, test or run."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studio.domain.access import Role
from studio.testing import LoopbackServer
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api, running_api

SPY = Path(__file__).parent / "spy"
ALLOWED = {"HOME", "LC_ALL", "LC_CTYPE", "MALLOC_ARENA_MAX", "POLARS_MAX_THREADS", "SPY_WAS_HERE", "TMPDIR", "TZ"}
REFUSED = (
    "mark", "mark_pack", "mark_tmp", "database", "key", "data", "environ", "passwords", "mode", "link", "network",
    "program", "fork", "signal",
)  # fmt: skip


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    shutil.copytree(SPY, tmp_path / "data" / "packs" / "spy")
    async with running_api(tmp_path / "data") as running:
        yield running


def harmless(found: dict[str, Any]) -> dict[str, Any]:
    """What the code found is what it may find."""
    assert found["pid"] != os.getpid()
    assert set(found["environment"]) <= ALLOWED | {"LD_LIBRARY_PATH"}, found["environment"]
    assert found["scratch"].startswith("done")
    assert {name: found[name] for name in REFUSED if found[name].startswith("done")} == {}
    return found


def untouched(data: Path) -> None:
    """Nothing of it has come here."""
    assert [name for name in sys.modules if "spy" in name and name.startswith(("studio_packs", "spy"))] == []
    assert "SPY_WAS_HERE" not in os.environ
    assert [str(one) for one in (*data.rglob("marker-*"), *Path("/tmp").glob("spy-marker-*"))] == []
    assert data.stat().st_mode & 0o777 != 0o777


def workflow(name: str, **params: Any) -> dict[str, Any]:
    """A workflow of one node."""
    more = {"credential": params.pop("credential")} if "credential" in params else {}
    more |= {"timeout": params.pop("timeout")} if "timeout" in params else {}
    inputs = {"n": {"type": "integer", "default": 3}}
    nodes = {"ask": {"type": "spy.ask", "params": {"text": "a", **params}, **more}}
    return {"studio": 1, "name": name, "inputs": inputs, "nodes": nodes, "output": "{{ ask }}"}


async def ran(client: httpx2.AsyncClient, document: dict[str, Any], status: str = "succeeded") -> dict[str, Any]:
    """What became of a workflow."""
    await published(client, document, document["name"].lower())
    started = await client.post("/executions", json={"workflow": document["name"].lower()})
    assert started.status_code == 202, started.text
    await settled(client, started.json()["id"], status)
    return (await client.get(f"/executions/{started.json()['id']}")).json()


async def value(client: httpx2.AsyncClient, id: str, *at: str) -> Any:
    """A value of the node's output."""
    found = await client.get(f"/executions/{id}/values", params={"path": "ask", "at": list(at), "reveal": "true"})
    return found.json()["value"]


async def test_forms_choices_and_checks(api: Api, tmp_path: Path) -> None:
    client = await api.signed_in(Role.EDITOR)
    listed = (await client.get("/nodes", params={"pack": "spy"})).json()["items"]
    assert [one["type"] for one in listed] == ["spy.ask", "spy.call"]
    shown = (await client.get("/nodes/spy.ask")).json()
    assert "params" in shown, shown
    assert set(shown["params"]["properties"]) >= {"text", "port", "where"}
    assert shown["output"]["properties"]["personal"]["x-personal"] is True
    assert int(shown["examples"][0]["output"]["value"]) != os.getpid()
    form = (await client.post("/nodes/spy.ask/form", json={"params": {"text": "a"}})).json()
    assert form["output"]["x-pid"] != os.getpid()
    # What one workspace asks, even of pure functions, no process hears that works for another.
    other = await api.signed_in(Role.EDITOR, "second")
    theirs = (await other.post("/nodes/spy.ask/form", json={"params": {"text": "a"}})).json()
    assert theirs["output"]["x-pid"] not in (os.getpid(), form["output"]["x-pid"])
    found = await client.post("/nodes/spy.ask/options", json={"param": "text", "params": {}})
    harmless(json.loads(found.json()["items"][0]["value"]))

    # Validation runs the model's validators, and says what they say at the param.
    document = workflow("Bad", text="bad", nope=1)
    for path in ("/workflows/validate",):
        problems = (await client.post(path, json={"document": document})).json()["problems"]
        by_param = {one["param"]: one for one in problems}
        assert set(by_param) == {"text", "nope"}, problems
        said = by_param["text"]["message"]
        harmless(json.loads(said[said.index("{") : said.rindex("}") + 1]))
    good = (await client.post("/workflows/validate", json={"document": workflow("Good")})).json()
    assert good["problems"] == []
    wrong = workflow("Wrong", text=5)
    [one] = (await client.post("/workflows/validate", json={"document": wrong})).json()["problems"]
    assert (one["param"], one["code"]) == ("text", "workflow.wrong_value")
    old = workflow("Old", old="from before")
    del old["nodes"]["ask"]["params"]["text"]
    old["nodes"]["ask"]["version"] = 1
    assert (await client.post("/workflows/validate", json={"document": old})).json()["problems"] == []
    untouched(tmp_path / "data")


async def test_no_route_brings_it_in(api: Api, tmp_path: Path) -> None:
    """Every route that shows something is asked about it, and those that take a document or a node type get one."""
    client = await api.signed_in(Role.ADMIN)
    document = workflow("Everywhere", what="nothing")
    id = await published(client, document, "everywhere")
    started = (await client.post("/executions", json={"workflow": "everywhere"})).json()["id"]
    await settled(client, started, "succeeded")
    given = {"workflow": id, "execution": started, "type": "spy.ask", "node": "ask", "number": "1", "path": "ask"}
    described = (await client.get(f"{api.url}/api/openapi.json")).json()["paths"]
    asked: dict[str, int] = {}
    for path, operations in described.items():
        here = path
        for name, one in given.items():
            here = here.replace("{" + name + "}", one)
        answers = json.dumps(operations.get("get", {}).get("responses", {}))
        if "get" in operations and "{" not in here and "event-stream" not in answers:
            params = {"path": "ask", "workflow": id, "node": "ask", "execution": started}
            asked[path] = (await client.get(f"{api.url}{here}", params=params)).status_code
    assert {path for path, status in asked.items() if status >= 500} == set()
    assert {path for path, status in asked.items() if "/nodes" in path and status == 200}, asked
    posts: dict[str, Any] = {
        "/workflows": {"document": workflow("Another", text="bad")},
        "/workflows/import": None,
        f"/workflows/{id}/validate": {"document": workflow("Bad", text="bad")},
        f"/workflows/{id}/duplicate": {},
        "/expressions/preview": {
            "expressions": [{"value": "{{ ask.value }}"}], "workflow": id, "node": "ask", "execution": started,
        },
        "/expressions/scope": {"workflow": id, "node": "ask"},
        f"/executions/{started}/replay": {},
        f"/executions/{started}/fork": {"at": "ask"},
        "/run/everywhere": {},
    }  # fmt: skip
    for path, body in posts.items():
        if body is None:
            files = {"file": ("flow.json", json.dumps(workflow("Imported", text="bad")))}
            answer = await client.post(path, files=files)
        else:
            answer = await client.post(path, json=body)
        assert answer.status_code < 500, (path, answer.text)
    untouched(tmp_path / "data")


async def test_a_node_runs_apart_with_all_that_its_context_offers(api: Api, tmp_path: Path) -> None:
    client = await api.signed_in(Role.ADMIN)
    done = await ran(client, workflow("Plain"))
    seen = harmless(await value(client, done["id"], "seen"))
    assert seen["intent"] is None

    async with LoopbackServer({"/test": (200, {}, "ok"), "/a": (200, {}, "answer")}) as server:
        host = f"127.0.0.1:{server.port}"
        made = await client.post("/credentials", json={
            "name": "mine", "type": "spy.key", "fields": {"key": "planted-key", "host": host}})  # fmt: skip
        assert made.status_code == 201, made.text
        tested = (await client.post(f"/credentials/{made.json()['id']}/test")).json()
        assert (tested["ok"], tested["status"]) == (True, 200), tested
        headers = server.requests[-1].headers
        assert headers["x-key"] == "planted-key"
        assert int(headers["x-pid"]) != os.getpid()

        document = workflow(
            "Rich", what="read", credential="mine", items="{{ list(range(3000)) }}",
            where="{{ item % 1000 == inputs.n }}",
        )  # fmt: skip
        document["nodes"]["make"] = {"type": "crypto.base64_to_file", "params": {"base64": "YWJj", "name": "a.txt"}}
        document["nodes"]["ask"]["params"]["file"] = "{{ make.file }}"
        rich = await ran(client, document)
        given = await value(client, rich["id"], "value")
        assert given == {
            "kept": [3, 1003, 2003], "length": 3000, "last": 2999, "again": "cba", "state": 1, "rows": 1,
            "key": "•••",
        }, given  # fmt: skip
        rows = (await client.get("/tables/seen/rows")).json()
        assert len(rows["items"]) == 1

        fetched = await ran(client, workflow("Fetched", what="fetch", url=f"http://{host}/a", credential="mine"))
        assert await value(client, fetched["id"], "value") == "answer"
        streams = workflow("Streams", what="streams", url=f"http://{host}/a")
        document["nodes"]["more"] = {"type": "spy.ask", "params": {**streams["nodes"]["ask"]["params"],
                                                                  "items": "{{ ask.items }}"}}  # fmt: skip
        document |= {"name": "Streams", "output": "{{ more.value }}"}
        streamed = await ran(client, document)
        shown = await client.get(f"/executions/{streamed['id']}/values", params={"path": "more", "at": ["value"]})
        assert shown.json()["value"] == {
            "size": 2_000_000, "body": "answer", "status": 200, "table": 1_600_000, "apart": 2,
            "items": [0, 5_000, 10_000, 15_000], "text": "Hello Ada",
        }, shown.text  # fmt: skip
        assert streamed["tokens"] == 7
        # An effect that must be recorded first was, by what the code prepared; in its own process.
        intent = (await value(client, fetched["id"], "seen"))["intent"]
        assert intent["pid"] != os.getpid()
        moved = await client.post("/credentials", json={
            "name": "moved", "type": "spy.key", "fields": {"key": "elsewhere", "host": host}})  # fmt: skip
        elsewhere = (await client.post(f"/credentials/{moved.json()['id']}/test")).json()
        assert (elsewhere["ok"], elsewhere["code"]) == (False, "credential.elsewhere")

    # What a private pack marks is masked.
    masked = await client.get(f"/executions/{done['id']}/values", params={"path": "ask", "at": ["personal"]})
    assert "Ada" not in masked.text
    assert await value(client, done["id"], "personal") == "Ada"
    untouched(tmp_path / "data")


async def test_what_it_may_not_is_said(api: Api, tmp_path: Path) -> None:
    client = await api.signed_in(Role.ADMIN)
    codes = {
        "other": "pack.credential", "files": "pack.permission", "dial": "pack.not_apart", "raise": "spy.own",
        "fail": "node.crashed", "memory": "work.memory", "forge": "pack.forged", "die": "work.crashed",
        "walls": "pack.walled",
    }  # fmt: skip
    made = await client.post("/credentials", json={
        "name": "mine", "type": "spy.key", "fields": {"key": "planted-key", "host": "127.0.0.1:1"}})  # fmt: skip
    assert made.status_code == 201
    for what, code in codes.items():
        done = await ran(client, workflow(what, what=what, credential="mine"), "failed")
        assert done["error"]["code"] == code, done["error"]
    wrong = workflow("wrong", what="read", items=[1, "a"], where="{{ item > 0 }}")
    compared = await ran(client, wrong, "failed")
    assert compared["error"]["param"] == "where[1]", compared["error"]
    stopped = await ran(client, workflow("hang", what="hang", timeout="1s"), "failed")
    assert stopped["error"]["code"] == "node.timeout"
    # Where it dies in the middle of an effect that cannot be undone, a person decides.
    doubtful = await ran(client, workflow("crash", what="crash"), "waiting")
    assert doubtful["reason_code"] == "wait.in_doubt"

    # Another workspace gets a process of its own.
    await ran(client, workflow("First"))
    other = await api.signed_in(Role.ADMIN, "second")
    second = await ran(other, workflow("Second"))
    assert set((await value(other, second["id"], "seen"))["workspaces"]) == {"second"}
    untouched(tmp_path / "data")


async def test_calls_are_durable(api: Api) -> None:
    """What is called may wait for long: its caller leaves memory, is run again, and finds what it was given."""
    client = await api.signed_in(Role.ADMIN)
    child = {
        "studio": 1, "name": "Child", "inputs": {"n": {"type": "integer"}},
        "nodes": {
            "wait": {"type": "flow.signal_wait", "params": {"name": "go"}, "run_if": "{{ inputs.n == 3 }}"},
            "fail": {"type": "flow.fail", "params": {"message": "No"}, "run_if": "{{ inputs.n < 0 }}"},
        },
        "output": "{{ inputs.n + 1 }}",
    }  # fmt: skip
    await published(client, child, "child")
    nodes = {"call": {"type": "spy.call", "params": {"workflow": "child"}}}
    await published(client, {"studio": 1, "name": "Caller", "nodes": nodes, "output": "{{ call }}"}, "caller")
    id = (await client.post("/executions", json={"workflow": "caller"})).json()["id"]
    await settled(client, id, "waiting")
    children = (await client.get("/executions", params={"parent": id})).json()["items"]
    [waiting] = [one["id"] for one in children if one["status"] == "waiting"]
    assert (await client.post(f"/executions/{waiting}/signals", json={"name": "go"})).is_success
    await settled(client, id, "succeeded", "failed")
    found = (await client.get(f"/executions/{id}/values", params={"path": "call"})).json()["value"]
    assert found["outputs"] == [2, 3, 4], found
    assert found["failed"] == "bad_input"
    assert found["pid"] != os.getpid()
    assert len((await client.get("/executions", params={"parent": id})).json()["items"]) == 4
