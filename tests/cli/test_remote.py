"""The command line on a server: the same commands, options, output and exit codes as on this machine."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from studio.domain.access import Role
from tests.cli.conftest import Cli, Write
from tests.server.kit import Api, running_api

T = TypeVar("T")
GREETING = """studio: 1
name: Greeting
inputs:
  who: {type: string, default: world}
nodes:
  greet: {type: text.template, params: {template: "Hello {{ inputs.who }}"}}
output: "{{ greet.text }}"
"""
CALLER = """studio: 1
name: Caller
nodes:
  call: {type: flow.call, params: {workflow: greeting.yaml, inputs: {who: Ada}}}
output: "{{ call.output }}"
"""
ASKS = """studio: 1
name: Asks
nodes:
  ask: {type: flow.approval, params: {message: Go on?}}
  paid: {type: flow.signal_wait, params: {name: paid}}
edges: [ask.approved -> paid]
output: "{{ paid.payload }}"
"""
FAILS = """studio: 1
name: Fails
inputs: {count: {type: integer}}
nodes:
  no: {type: flow.fail, params: {message: "Not {{ inputs.count }}"}}
"""


class Served:
    """A server in a thread of its own."""

    def __init__(self, data: Path) -> None:
        self.api: Any = None
        self._data = data
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._ready.wait(60)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with running_api(self._data) as api:
            self.api = api
            self._ready.set()
            await self._stop.wait()

    def do(self, work: Callable[[Api], Coroutine[Any, Any, T]]) -> T:
        """Do something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work(self.api), self._loop).result(60)

    def token(self, role: Role) -> str:
        """A session of a new account."""

        async def made(api: Api) -> str:
            return await api.token(await api.account(role))

        return self.do(made)

    def close(self) -> None:
        """Stop it."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the module."""
    running = Served(tmp_path_factory.mktemp("remote") / "data")
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def there(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Commands act on the server, as a new Admin."""
    monkeypatch.setenv("STUDIO_SERVER", served.api.url)
    monkeypatch.setenv("STUDIO_TOKEN", served.token(Role.ADMIN))
    return served


@pytest.fixture
def files(surroundings: Path) -> Path:
    """Workflow files in the working folder."""
    for name, text in (("greeting", GREETING), ("caller", CALLER), ("asks", ASKS), ("fails", FAILS)):
        (surroundings / f"{name}.yaml").write_text(text)
    return surroundings


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What the next command reads."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def imported(cli: Cli, *names: str) -> list[str]:
    """Import and publish files; their keys."""
    found = cli("workflows", "import", *names, "--publish", "--existing", "new", "--json").json["workflows"]
    assert all(one["version"] == 1 for one in found)
    return [one["key"] for one in found]


def test_workflows_come_and_go(there: Served, cli: Cli, files: Path) -> None:
    drafts = cli("workflows", "import", "caller.yaml", "greeting.yaml", "--folder", "root")
    assert drafts.out.split() == ["caller", "greeting"]
    assert "caller.yaml:4" in drafts.err
    assert "greeting" in cli("workflows", "import", "greeting.yaml", code=1).err
    assert "call" in cli("workflows", "publish", "caller", code=2).err
    for key in ("greeting", "caller"):
        cli("workflows", "publish", key, "--note", "First")
    listed = cli("workflows", "list", "greet", "--json").json["workflows"]
    assert [one["key"] for one in listed] == ["greeting"]
    assert "caller" in cli("workflows", "list").out
    assert "Greeting" in cli("workflows", "show", "greeting").out
    (files / "greeting.yaml").write_text(GREETING.replace("Hello", "Goodbye"))
    cli("workflows", "import", "greeting.yaml", "--existing", "draft")
    changed = cli("diff", "greeting", "greeting@draft", "--json", code=1).json["changes"]
    assert [(one["node"], one["path"]) for one in changed] == [("greet", "params.template")]
    assert cli("run", "greeting", "-i", "who=Ada").out == "Hello Ada\n"
    assert cli("run", "greeting@draft", "--json").json["output"] == "Goodbye world"
    cli("workflows", "restore", "greeting@1")
    assert "No difference." in cli("diff", "greeting@1", "greeting@draft").out
    assert [one["number"] for one in cli("workflows", "versions", "greeting", "--json").json["versions"]] == [1]
    assert "First" in cli("workflows", "versions", "greeting").out

    assert "Hello" in cli("workflows", "export", "greeting").out
    cli("workflows", "export", "caller", "--to", "out")
    assert sorted(one.name for one in (files / "out").iterdir()) == ["caller.yaml", "greeting.yaml"]
    cli("workflows", "export", "caller", "greeting", "--to", "all.zip", "--format", "json")
    with zipfile.ZipFile(files / "all.zip") as archive:
        assert sorted(archive.namelist()) == ["caller.json", "greeting.json"]
    cli("workflows", "delete", "caller")
    assert "caller" not in cli("workflows", "list").out
    assert cli("workflows", "show", "caller", code=1).err.startswith("Error: ")
    assert "--to" in cli("workflows", "export", "greeting", "asks", code=2).err


def test_a_run_prints_what_it_prints_here(
    there: Served, cli: Cli, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greeting, fails = imported(cli, "greeting.yaml", "fails.yaml")
    here: dict[str, Any] = {}
    away: dict[str, Any] = {}
    for found, names in ((away, (greeting, fails)), (here, ("greeting.yaml", "fails.yaml"))):
        if found is here:
            monkeypatch.delenv("STUDIO_SERVER")
        found["good"] = cli("run", names[0], "-i", "who=007", "--json")
        found["bad"] = cli("run", names[1], "-i", "count=7", "--json", code=1)
        found["wrong"] = cli("run", names[1], "-i", "count=many", "--json", code=2)
        found["list"] = cli("executions", "list", "--limit", "2", "--json")
        found["show"] = cli("executions", "show", "last", "--values", "--json")
        found["part"] = cli("run", names[0], "--pin", 'greet={"text": "Pinned"}', "--json")
        found["export"] = cli("executions", "export", "last", "--json")
        found["text"] = cli("executions", "show", "last")
    assert away["good"].json["output"] == here["good"].json["output"] == "Hello 007"
    assert away["part"].json["output"] == here["part"].json["output"] == "Pinned"
    for name in ("good", "bad", "wrong", "show", "part", "export"):
        assert away[name].json.keys() == here[name].json.keys(), name
        assert away[name].json.get("status") == here[name].json.get("status"), name
    assert away["good"].json["nodes"].keys() == here["good"].json["nodes"].keys()
    assert away["bad"].json["error"] == here["bad"].json["error"]
    assert away["wrong"].json["problems"][0].keys() == here["wrong"].json["problems"][0].keys()
    one, other = (found["list"].json["executions"][0] for found in (away, here))
    assert one.keys() == other.keys()
    assert {name for name in one if type(one[name]) is not type(other[name])} == set()
    lines = [line.split("  ") for line in (away["text"].out, here["text"].out)]
    assert len(lines[0]) == len(lines[1])
    assert "Error: Not 7" in cli("--server", there.api.url, "run", fails, "-i", "count=7", code=1).err


def test_executions_are_acted_on(there: Served, cli: Cli, files: Path) -> None:
    (asks,) = imported(cli, "asks.yaml")
    waiting = cli("run", asks, code=3)
    assert "approval" in waiting.err
    assert "executions signal" in waiting.err
    id = cli("executions", "list", "--workflow", asks, "--json").json["executions"][0]["id"]
    shown = cli("executions", "show", id[:14], "--json").json
    assert (shown["execution_id"], shown["waits"]["for"], shown["waits"]["node"]) == (id, "approval", "ask")
    assert cli("executions", "pause", id, "--json").json["execution_id"] == id
    cli("executions", "resume", id)
    cli("executions", "signal", id, "ask", "--decision", "approve", "--comment", "Yes")
    cli("executions", "signal", id, "paid", "--payload", '{"amount": 3}')
    forked = cli("executions", "fork", id, "--until", "paid", "--json", code=3).json
    cli("executions", "cancel", forked["execution_id"][:20], "--reason", "Enough")
    # The server takes it in; the engine carries it out a moment later.
    cancelled = time.monotonic() + 60
    while cli("executions", "show", forked["execution_id"], "--json").json["status"] != "cancelled":
        assert time.monotonic() < cancelled
    assert "ended" in cli("executions", "signal", forked["execution_id"], "x", code=1).err
    again = cli("executions", "replay", id, "--from", "paid", "--json", code=3).json
    assert again["status"] in ("waiting", "running")
    assert cli("executions", "cancel", "zzzz", code=1).err.startswith("Error: There is no execution zzzz.")
    assert cli("executions", "show", "0", code=1).code == 1
    assert cli("executions", "list", "--status", "odd", code=2).code == 2
    assert cli("executions", "list", "--since", "1h", "--status", "succeeded", "--json").json["executions"]
    older = cli("executions", "list", "--before", id, "--json").json["executions"]
    assert id not in {one["id"] for one in older}


def test_what_failed_runs_again(there: Served, cli: Cli, files: Path) -> None:
    greeting, fails = imported(cli, "greeting.yaml", "fails.yaml")
    first = cli("run", greeting, "--json").json["execution_id"]
    second = cli("run", fails, "-i", "count=1", "--json", code=1).json["execution_id"]
    several = cli("executions", "replay", first, second, "--json", code=1).json["executions"]
    assert [one["status"] for one in several] == ["succeeded", "failed"]
    assert cli("executions", "replay", second, "--failed", "--json", code=1).json["error"]["message"] == "Not 1"
    assert cli("executions", "replay", first, "--failed", "-i", "who=x", code=2).code == 2
    changed = cli("executions", "replay", first, "--on", "published", "-i", "who=Zoë", "--json").json
    assert changed["output"] == "Hello Zoë"
    assert "--file" in cli("executions", "replay", first, "--file", "greeting.yaml", code=2).err


def test_secrets_are_no_arguments(there: Served, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("variables", "set", "region", "eu-west", "--description", "Where")
    stdin(monkeypatch, "0042\n")
    cli("variables", "set", "pin", "--secret")
    refused = cli("variables", "set", "pin", "hunter2", "--secret", code=2)
    assert "hunter2" not in refused.out + refused.err
    shown = cli("variables", "list").out
    assert "eu-west" in shown
    assert "0042" not in shown
    assert "•••" in shown
    cli("variables", "delete", "region")

    stdin(monkeypatch, json.dumps({"token": "s3cret-token", "hosts": ["api.example.org"]}))
    made = cli("credentials", "set", "mail-out", "--type", "http.bearer", "--json")
    assert made.json["fields"] == {"hosts": ["api.example.org"]}
    stdin(monkeypatch, json.dumps({"token": "s3cret-other"}))
    changed = cli("credentials", "set", "mail-out", "--description", "New one")
    listed = cli("credentials", "list", "--json")
    assert [one["description"] for one in listed.json["credentials"]] == ["New one"]
    assert "s3cret" not in made.out + changed.out + changed.err + listed.out
    stdin(monkeypatch, "[]")
    assert "token" in cli("credentials", "set", "other", "--type", "http.bearer", code=2).err
    assert "--type" in cli("credentials", "set", "other", code=2).err


def test_a_key_calls_a_workflow_until_it_is_revoked(there: Served, cli: Cli, files: Path) -> None:
    (greeting,) = imported(cli, "greeting.yaml")
    made = cli(
        "api-keys", "make", "Shop", "--workflow", greeting, "--permission", "workflow.execute", "--expires", "1d"
    )
    token = made.out.strip()
    address = f"{there.api.url}/api/v1/run/{greeting}"
    answer = httpx2.post(address, json={"who": "Shop"}, headers={"authorization": f"Bearer {token}"})
    assert answer.json() == "Hello Shop"
    listed = cli("api-keys", "list", "--json").json["keys"]
    assert [one["name"] for one in listed] == ["Shop"]
    cli("api-keys", "revoke", listed[0]["id"])
    assert httpx2.post(address, json={}, headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert cli("api-keys", "make", "Shop", "--expires", "soon", code=2).code == 2


def test_audit(there: Served, cli: Cli, files: Path) -> None:
    cli("workflows", "list")
    right = cli("audit", "verify", "--json").json
    assert right["right"]
    assert right["logs"][0]["workspace"] == "default"
    assert "right" in cli("audit", "verify").out
    cli("audit", "export", "--to", "log.csv", "--format", "csv")
    rows = list(csv.reader((files / "log.csv").read_text().splitlines()))
    assert len(rows) > 1
    line = cli("audit", "export", "--action", "audit.").out.splitlines()[-1]
    assert json.loads(line)["action"].startswith("audit.")
    assert cli("audit", "verify", "--workspace", "other", code=2).code == 2


def test_node_types_and_checks_are_those_of_the_server(
    there: Served, cli: Cli, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "wrong.yaml").write_text(GREETING.replace("text.template", "text.templat"))
    asked = (
        ("nodes", "list"), ("nodes", "list", "slug", "--json"), ("nodes", "show", "text.slugify"),
        ("validate", "greeting.yaml", "fails.yaml", "--json"),
    )  # fmt: skip
    wrong = ("validate", "wrong.yaml")
    away = [cli(*words).out for words in asked] + [cli(*wrong, code=2).err]
    there_fr = cli("validate", "wrong.yaml", "--lang", "fr", code=2).err
    gone = cli("executions", "show", "01m8h9rts8w6yk3d1g5v0qeb2n", "--lang", "fr", code=1).err
    monkeypatch.delenv("STUDIO_SERVER")
    assert away == [cli(*words).out for words in asked] + [cli(*wrong, code=2).err]
    assert there_fr == cli("validate", "wrong.yaml", "--lang", "fr", code=2).err
    assert gone == cli("executions", "show", "01m8h9rts8w6yk3d1g5v0qeb2n", "--lang", "fr", code=1).err


def test_what_works_here_alone_says_so(
    served: Served, cli: Cli, workflow: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = workflow({"a": {"type": "flow.noop"}})
    for words in (["--server", served.api.url, "graph", name], ["graph", name, "--server", served.api.url]):
        assert "this machine" in cli(*words, code=2).err
    monkeypatch.setenv("STUDIO_SERVER", served.api.url)
    cli("graph", name)  # what the environment says is for the commands that know servers
    monkeypatch.setenv("STUDIO_SERVER", "")
    cli("run", name)
    assert "STUDIO_SERVER" in cli("workflows", "list", code=2).err
    monkeypatch.setenv("STUDIO_TOKEN", "nonsense")
    assert "Sign in again" in cli("--server", served.api.url, "workflows", "list", code=1).err
    monkeypatch.setenv("STUDIO_TOKEN", served.token(Role.VIEWER))
    assert cli("--server", served.api.url, "workflows", "import", name, code=1).err.startswith("Error: ")
    refused = json.loads(cli("--server", served.api.url, "run", "gone", "--json", code=1).out)
    assert (refused["status"], refused["error"]["code"]) == ("failed", "workflow.not_found")
    assert "workflows import" in cli("--server", served.api.url, "run", name, code=2).err
    assert "--on" in cli("executions", "replay", "last", "--on", "draft", code=2).err
    for words in (["run", name, "--set", "a.b=1"], ["run", name, "--event", "{}"]):
        assert "--server" in cli("--server", served.api.url, *words, code=2).err


def tables_story(cli: Cli, folder: Path) -> list[Any]:
    """What the commands about data tables do, wherever the tables are."""
    rows = folder / "people.csv"
    rows.write_text("mail,age,note\nada@example.org,36,=1+1\nalan@example.org,41,\n")
    columns = ["--column", "mail:text:unique:required", "--column", "age:integer:indexed", "--column", "note"]
    made = cli("tables", "create", "people", *columns, "--description", "Persons", "--json").json
    assert (made["name"], made["rows"], made["description"]) == ("people", 0, "Persons")
    assert "Another" not in cli("tables", "create", "people", code=1).out
    assert "indexd" in cli("tables", "create", "x", "--column", "a:text:indexd", code=2).err
    assert cli("tables", "import", "people", "people.csv").out == "2 rows are written.\n"
    assert "mail" in cli("tables", "import", "people", "people.csv", code=1).err
    rows.write_text("mail;age\nada@example.org;37\n")
    upsert = cli("tables", "import", "people", "people.csv", "--delimiter", ";", "--upsert", "mail", "--json")
    assert upsert.json == {"count": 1}
    assert "line 2: age" in cli("tables", "import", "people", _wrong(folder), code=1).err
    shown = cli("tables", "rows", "people", "--sort", "age", "--descending").out
    assert shown.index("alan@") < shown.index("ada@")
    older = cli("tables", "rows", "people", "--filter", '{"column": "age", "op": "gt", "value": 40}', "--json").json
    assert "JSON" in cli("tables", "rows", "people", "--filter", "{", code=1).err
    assert len(cli("tables", "rows", "people", "--limit", "1", "--json").json["rows"]) == 1
    exported = cli("tables", "export", "people").out
    assert "'=1+1" in exported
    assert ",=1+1" in cli("tables", "export", "people", "--formulas").out
    lines = [json.loads(line) for line in cli("tables", "export", "people", "--format", "ndjson").out.splitlines()]
    cli("tables", "export", "people", "--to", "out.csv")
    assert (folder / "out.csv").read_bytes() == exported.encode()
    cli("tables", "export", "nothing", "--to", "none.csv", code=1)
    assert not (folder / "none.csv").exists()
    assert "people" in cli("tables", "list").out
    assert "unique" in cli("tables", "show", "people").out
    listed = cli("tables", "list", "--json").json["tables"]
    found = cli("tables", "show", "people", "--json").json
    assert found == {**listed[0], "rows": 2}
    return [sorted(found), sorted(older["rows"][0]), found["columns"], older["rows"][0]["cells"],
            [(one["mail"], one["age"], one["note"]) for one in lines]]  # fmt: skip


def _wrong(folder: Path) -> str:
    (folder / "wrong.csv").write_text("mail,age\nx@example.org,old\n")
    return "wrong.csv"


def test_tables_are_the_same_here_and_there(
    served: Served, cli: Cli, surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tables_story(cli, surroundings)
    monkeypatch.setenv("STUDIO_SERVER", served.api.url)
    monkeypatch.setenv("STUDIO_TOKEN", served.token(Role.ADMIN))
    assert tables_story(cli, surroundings) == here
