"""Expressions while they are written: what they give, and which names they find."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Role
from studio.expressions import FUNCTIONS, METHODS
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api

SECRET = "planted-secret-77"
LIST = [{"mag": 4.9, "at": "Rome"}, {"mag": 6, "at": "Oslo"}]
QUAKES = {
    "studio": 1,
    "name": "Quakes",
    "inputs": {"least": {"type": "number", "default": 5}, "token": {"type": "string", "x-secret": True}},
    "nodes": {
        "load": {
            "type": "flow.set",
            "params": {"values": {"list": LIST, "t": "{{ inputs.token }}"}},
        },
        "strong": {
            "type": "list.filter",
            "params": {"items": "{{ load.values.list }}", "where": "{{ item.mag >= inputs.least }}"},
        },
        "places": {
            "type": "flow.map",
            "params": {"items": "{{ load.values.list }}", "as": "quake"},
            "body": {
                "nodes": {
                    "shout": {"type": "text.upper", "params": {"text": "{{ quake.at }}"}},
                    "after": {"type": "text.lower", "params": {"text": "{{ shout.text }}"}},
                },
                "output": "{{ after.text }}",
            },
        },
        "later": {"type": "flow.set", "params": {"values": {"n": "{{ len(places.results) }}"}}},
    },
    "output": "{{ later.values.n }}",
}  # fmt: skip


async def preview(client: httpx2.AsyncClient, *values: Any, **more: Any) -> list[dict[str, Any]]:
    """What the previews of some expressions say."""
    written: list[Any] = [one if isinstance(one, dict) and "value" in one else {"value": one} for one in values]
    answer = await client.post("/expressions/preview", json={"expressions": written, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_previews_work_on_what_an_execution_recorded(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    id = await published(client, QUAKES, "quakes")
    body = {"workflow": "quakes", "inputs": {"token": SECRET}}
    ran = (await client.post("/executions", json=body)).json()["id"]
    await settled(client, ran, "succeeded")
    at = {"workflow": id, "node": "later", "execution": "last"}

    whole, text, kind, plain = await preview(
        client, "{{ load.values.list[1].mag }}", "{{ len(strong.items) }} of {{ len(load.values.list) }}",
        {"a": ["{{ inputs.least }}"]}, "no expression", **at,
    )  # fmt: skip
    assert (whole["value"]["value"], whole["type"]) == (6, "int")
    assert text["value"]["value"] == "1 of 2"
    assert kind["value"]["value"] == {"a": [5]}
    assert plain["value"]["value"] == "no expression"

    wrong, unknown, broken, long = await preview(
        client, "{{ load.values.lost }}", "x {{ lod.values }}", "{{ load.values. }}", "{{ sum(range(900000)) }}", **at
    )
    assert wrong["problem"]["code"] == "expression.missing_key_near"
    assert "list" in wrong["problem"]["message"]
    assert (unknown["problem"]["suggestion"], unknown["problem"]["start"], unknown["problem"]["end"]) == ("load", 5, 8)
    assert broken["problem"]["code"].startswith("expression.")
    assert broken["value"] is None
    assert long["problem"] is not None or long["value"]["value"] == sum(range(900000))

    # Evaluated per item: of the node's own list, and inside a map of the container's.
    answer = await client.post(
        "/expressions/preview",
        json={"workflow": id, "node": "strong", "execution": ran, "index": 1,
              "expressions": [{"value": "{{ item.at }} {{ index }}", "param": "where"}]},
    )  # fmt: skip
    one = answer.json()["items"][0]
    assert (one["value"]["value"], one["index"], one["count"]) == ("Oslo 1", 1, 2)
    answer = await client.post(
        "/expressions/preview",
        json={"workflow": id, "node": "places.body.shout", "execution": ran, "indices": [1],
              "expressions": [{"value": "{{ quake.at + inputs.token }}"}]},
    )  # fmt: skip
    assert answer.json()["items"][0]["value"]["value"] == "Oslo•••"
    assert answer.json()["around"] == [{"node": "places", "index": 1, "count": 2}]


async def test_nothing_masked_comes_out_of_a_preview(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    id = await published(admin, QUAKES, "quakes")
    ran = (await admin.post("/executions", json={"workflow": "quakes", "inputs": {"token": SECRET}})).json()["id"]
    await settled(admin, ran, "succeeded")
    tries = [
        "{{ inputs.token }}", "{{ load.values.t }}", "{{ base64_encode(inputs.token) }}", "{{ inputs.token[::-1] }}",
        "{{ [x for x in load.values.t] }}", "{{ load.values.t[0:4] }}", "{{ json(execution) }}",
    ]  # fmt: skip
    shown = await preview(admin, *tries, workflow=id, node="later", execution=ran)
    assert all(one["problem"] is None for one in shown), shown
    for part in (SECRET, SECRET[::-1], SECRET[:4]):
        assert part not in str(shown)
    assert shown[0]["value"]["value"] == "•••"


async def test_samples_come_first_and_what_has_no_data_is_named(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    id = (await client.post("/workflows", json={"document": QUAKES, "key": "quakes"})).json()["id"]
    missing, given, alone = await preview(
        client, "{{ load.values.n + strong.items[0] }}", "{{ load.n }}", "{{ 1 + 1 }}", workflow=id, node="later",
        execution="last", samples={"load": {"n": 7}},
    )  # fmt: skip
    assert (missing["missing"], missing["value"], missing["problem"]) == (["strong"], None, None)
    assert given["value"]["value"] == 7
    assert alone["value"]["value"] == 2
    (bare,) = await preview(client, {"value": "upper(name)", "bare": True}, samples={"name": "é"})
    assert (bare["value"]["value"], bare["type"]) == ("É", "text")
    for body in (
        {"workflow": "none", "expressions": [{"value": "{{ 1 }}"}]},
        {"workflow": id, "node": "nothing", "expressions": [{"value": "{{ 1 }}"}]},
        {"workflow": id, "execution": "01m8h9rts8w6yk3d1g5v0qeb2n", "expressions": [{"value": "{{ 1 }}"}]},
    ):
        assert (await client.post("/expressions/preview", json=body)).status_code == 404
    await api.workspace("other")
    stranger = await api.signed_in(Role.ADMIN, "other")
    refused = await stranger.post("/expressions/preview", json={"workflow": id, "expressions": [{"value": "{{ 1 }}"}]})
    assert refused.status_code == 404


async def test_names_in_scope_with_what_is_known_of_them(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    id = await published(client, QUAKES, "quakes")
    ran = (await client.post("/executions", json={"workflow": "quakes", "inputs": {"token": SECRET}})).json()["id"]
    await settled(client, ran, "succeeded")

    async def scope(node: str, **more: Any) -> dict[str, Any]:
        answer = await client.post("/expressions/scope", json={"workflow": id, "node": node, **more})
        assert answer.status_code == 200, answer.text
        assert SECRET not in answer.text
        assert "Oslo" not in answer.text
        return {one["name"]: one for one in answer.json()["items"]}

    found = await scope("strong", param="where")
    assert {"load", "inputs", "vars", "execution", "workflow", "now", "item", "index"} <= set(found)
    assert "later" in found  # nothing leads from here to it
    assert "strong" not in found
    assert found["load"]["type"] == "flow.set"
    assert found["load"]["observed"]["properties"]["values"]["properties"]["list"]["items"]["required"] == ["mag", "at"]
    assert found["item"]["observed"]["properties"] == {"mag": {"type": "number"}, "at": {"type": "string"}}
    assert found["inputs"]["shape"]["properties"]["least"] == {"type": "number"}

    inside = await scope("places.body.after")
    assert (inside["quake"]["kind"], inside["index"]["kind"]) == ("item", "index")
    assert inside["shout"]["node"] == "places.body.shout"
    assert inside["shout"]["shape"]["properties"]["text"] == {"type": "string"}
    assert "later" not in inside
    end = await scope("")
    assert end["places"]["shape"]["properties"]["results"]["type"] == "array"


async def test_a_trigger_reads_what_happened(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    tick = {"type": "trigger.schedule", "params": {"every": "1h"}, "inputs": {"at": "{{ event.scheduled_at }}"}}
    document: dict[str, Any] = {
        "studio": 1,
        "name": "Ticks",
        "inputs": {"at": {}},
        "nodes": {"tick": tick, "other": {"type": "flow.noop"}},
    }
    id = (await client.post("/workflows", json={"document": document})).json()["id"]
    scope = (await client.post("/expressions/scope", json={"workflow": id, "node": "tick", "param": "inputs"})).json()
    names = {one["name"]: one for one in scope["items"]}
    assert set(names) == {"event", "vars", "workflow", "now"}
    assert set(names["event"]["shape"]["properties"]) == {"scheduled_at", "time_zone"}
    at = {"workflow": id, "node": "tick"}
    [none, wrong] = await preview(client, "{{ event.scheduled_at }}", "{{ other }}", **at)
    assert (none["problem"], none["missing"]) == (None, ["event"])
    assert wrong["problem"]["code"] == "workflow.unknown_name"
    [given] = await preview(client, "{{ event.scheduled_at }}", samples={"event": {"scheduled_at": "now"}}, **at)
    assert given["value"]["value"] == "now"


async def test_the_library_is_described_in_three_languages(api: Api) -> None:
    client = await api.signed_in(Role.VIEWER)
    english = (await client.get("/expressions/functions")).json()["items"]
    assert len(english) == len(FUNCTIONS) + sum(len(one) for one in METHODS.values())
    assert all(one["examples"] for one in english if one["receiver"] is None)
    for lang in ("fr", "ar"):
        own = (await client.get("/expressions/functions", headers={"accept-language": lang})).json()["items"]
        same = [a["name"] for a, b in zip(english, own, strict=True) if a["description"] == b["description"]]
        assert same == []
