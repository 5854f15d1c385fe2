"""What is marked secret or personal is masked wherever an execution is shown, until somebody who may reveals it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.domain.access import Role
from studio.services.auditing import read_entry
from studio.services.executing.marks import Marks, marked_ways
from studio.services.executing.masking import Mask
from tests.server.executions.test_events import everything
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api

SECRET, CARD, PERSON = "planted-secret-77", "4111111111111111", "Ada Lovelace"
LEAKS = {
    "studio": 1,
    "name": "Leaks",
    "inputs": {
        "token": {"type": "string", "x-secret": True},
        "card": {"type": "integer", "x-secret": True},
        "who": {"type": "object", "properties": {"name": {"type": "string", "x-personal": True}}},
        "open": {"type": "string"},
    },
    "nodes": {
        "copy": {
            "type": "flow.set",
            "params": {
                "values": {
                    "t": "{{ inputs.token }}",
                    "text": "{{ 'Bearer ' + inputs.token + ' of ' + inputs.who.name }}",
                    "card": "{{ inputs.card }}",
                    "open": "{{ inputs.open }}",
                    "long": "{{ 'x' * 500 + inputs.token }}",
                }
            },
        },
        "stop": {"type": "flow.fail", "params": {"message": "Cannot use {{ copy.values.t }}"}},
    },
}
INPUTS = {"token": SECRET, "card": int(CARD), "who": {"name": PERSON, "age": 36}, "open": "nothing to hide"}
FILES = {
    "studio": 1,
    "name": "Files",
    "nodes": {
        "make": {
            "type": "crypto.base64_to_file",
            "params": {"base64": "PGI+aGk8L2I+", "name": 'a "page".html', "media_type": "text/html"},
        }
    },
    "output": {"page": "{{ make.file }}"},
}


async def failed(api: Api, client: Any) -> str:
    """An execution that failed, full of secrets."""
    await published(client, LEAKS, "leaks")
    id = (await client.post("/executions", json={"workflow": "leaks", "inputs": INPUTS})).json()["id"]
    await settled(client, id, "failed")
    return id


async def answers(client: Any, id: str, **more: Any) -> str:
    """Everything that is shown of an execution."""
    shown = [(await client.get(f"/executions/{id}")).text]
    for path in ("$inputs", "copy"):
        shown.append((await client.get(f"/executions/{id}/values", params={"path": path, **more})).text)
    at = {"path": "copy", "at": ["values", "long"], "offset": 490, "limit": 100}
    shown.append((await client.get(f"/executions/{id}/values", params={**at, **more})).text)
    shown.append((await client.get(f"/executions/{id}/attempts", params={"path": "stop", **more})).text)
    shown.append((await client.get(f"/executions/{id}/export", params=more)).text)
    shown.append((await client.get(f"/executions/{id}/nodes")).text)
    shown.append((await client.get(f"/executions/{id}/timeline")).text)
    return "\n".join(shown)


async def test_marked_values_are_masked_everywhere(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    id = await failed(either, client)
    shown = await answers(client, id)
    events = str(await everything(client, id))
    for hidden in (SECRET, CARD, PERSON):
        assert hidden not in shown
        assert hidden not in events
    assert "nothing to hide" in shown
    assert "•••" in shown
    assert "36" in shown
    inputs = (await client.get(f"/executions/{id}/values", params={"path": "$inputs"})).json()["value"]
    assert inputs == {"token": "•••", "card": "•••", "who": {"name": "•••", "age": 36}, "open": "nothing to hide"}
    values = (await client.get(f"/executions/{id}/values", params={"path": "copy", "at": ["values"]})).json()["value"]
    assert values["text"] == "Bearer ••• of •••"


async def test_revealing_needs_a_permission_and_is_audited(api: Api) -> None:
    editor, admin = await api.signed_in(Role.EDITOR), await api.signed_in(Role.ADMIN)
    id = await failed(api, editor)
    for path in ("values", "attempts", "export", "files"):
        refused = await editor.get(f"/executions/{id}/{path}", params={"path": "copy", "reveal": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "access.missing_permission"), path
    shown = await answers(admin, id, reveal=True)
    for hidden in (SECRET, CARD, PERSON):
        assert hidden in shown
    log = [read_entry(one.value) for one in await api.platform.ports.records.audit("default", limit=100)]
    revealed = [one for one in log if one.action == "execution.revealed"]
    assert {one.target_id for one in revealed} == {id}
    assert [one.after for one in revealed].count({"path": "copy"}) == 2
    assert any(one.action == "execution.exported" for one in log)
    assert SECRET not in str(log)


async def test_events_that_come_are_masked_too(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, LEAKS, "leaks")
    api.studio.engine.driving = False
    id = (await client.post("/executions", json={"workflow": "leaks", "inputs": INPUTS})).json()["id"]
    following = asyncio.create_task(everything(client, id))
    while not api.platform.executing.watching.watchers(id):
        await asyncio.sleep(0.01)
    api.studio.engine.live.show(id, "progress", "copy", {"text": f"using {SECRET}"}, api.studio.engine.clock)
    await asyncio.sleep(0.3)
    following.cancel()
    stream = api.platform.executing.watching
    row = await api.studio.opened.store.execution(id)
    assert row is not None
    mask = await api.platform.executing.masking.of(row)
    assert mask.plain({"text": f"using {SECRET}"}) == {"text": "using •••"}
    assert stream.read <= 1


async def test_files_are_downloads(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await published(client, FILES, "files")
    id = (await client.post("/executions", json={"workflow": "files"})).json()["id"]
    await settled(client, id, "succeeded")
    found = await client.get(f"/executions/{id}/files", params={"path": "$output", "at": ["page"]})
    assert (found.status_code, found.content) == (200, b"<b>hi</b>")
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith('attachment; filename="a _page_.html"')
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-length"] == "9"
    none = await client.get(f"/executions/{id}/files", params={"path": "$output"})
    assert (none.status_code, none.json()["code"]) == (404, "execution.no_file")
    stranger = await either.signed_in(Role.ADMIN, "elsewhere")
    assert (await stranger.get(f"/executions/{id}/files", params={"path": "make", "at": ["file"]})).status_code == 404


@pytest.mark.parametrize(
    ("schema", "ways"),
    [
        ({"x-secret": True}, [()]),
        ({"properties": {"a": {"x-secret": True}, "b": {}}}, [("a",)]),
        ({"items": {"properties": {"a": {"x-personal": True}}}}, [("*", "a")]),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/T"}], "$defs": {"T": {"x-secret": True}}}, [()]),
        ({"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"again": {"$ref": "#/$defs/T"}}}}}, []),
        ({"additionalProperties": {"x-secret": True}}, [("*",)]),
        ({"x-secret": False}, []),
    ],
)
def test_marks_of_a_schema(schema: dict[str, Any], ways: list[Any]) -> None:
    assert list(marked_ways(schema)) == ways


def test_outputs_are_masked_by_their_model() -> None:
    mask = Mask(Marks(outputs={"login": (("tokens", "*", "value"), ("pin",))}))
    value = {"pin": 7, "tokens": [{"value": "abc", "kind": "x"}], "more": None}
    masked = {"pin": "•••", "tokens": [{"value": "•••", "kind": "x"}], "more": None}
    assert mask.output("loop[3]/login[4]", value) == masked
    assert mask.output("other", value) == value
    mask.learn_output("login", value)
    assert mask.text("abc") == "•••"
    assert mask.text("an abc") == "an abc"
