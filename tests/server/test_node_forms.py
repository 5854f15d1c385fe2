"""Forms of nodes: what depends on what is filled in, and choices that a service gives to a credential."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from studio.domain.access import Role
from studio.engine import choices
from studio.testing import LoopbackServer
from tests.server.kit import running_api

PACKS = Path(__file__).parent / "packs"


async def test_choices_of_a_param(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PACKS, tmp_path / "data" / "packs")
    answers = {"/eu": (200, {}, ",".join(map(str, range(70)))), "/us": (503, {}, "later")}
    async with running_api(tmp_path / "data", driving=False) as api, LoopbackServer(answers) as shop:
        editor, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
        made = await editor.post("/credentials", json={"name": "mine", "type": "shop.key", "fields": {
            "key": "planted-key", "hosts": [f"127.0.0.1:{shop.port}"]}})  # fmt: skip
        assert made.status_code == 201, made.text

        async def ask(client: Any = editor, **body: Any) -> Any:
            params = {"address": shop.url, "region": "eu"} | body.pop("params", {})
            return await client.post("/nodes/shop.orders/options", json={"params": params, **body})

        # Through the service, with the credential on the request, searched and paged.
        first = (await ask(param="shop", credential="mine")).json()
        assert first["items"][1] == {"value": "s1", "label": "Shop 1 of 11", "help": ""}
        assert (len(first["items"]), first["next"]) == (50, "50")
        assert len((await ask(param="shop", credential="mine", page="50")).json()["items"]) == 20
        found = (await ask(param="shop", credential="mine", search="shop 6", limit=3)).json()
        assert ([one["value"] for one in found["items"]], found["next"]) == (["s6", "s60", "s61"], "3")
        assert shop.requests[-1].headers["x-key"] == "planted-key"

        # The form's credential types; what sits in a node; what it holds.
        shown = (await viewer.get("/nodes/shop.orders")).json()
        assert (shown["credentials"], shown["slots"], shown["bodies"]) == (["shop.key"], [], [])
        slot = {"name": "notify", "kind": "notify", "many": False, "required": False}
        assert (await viewer.get("/nodes/flow.approval")).json()["slots"] == [slot]
        assert (await viewer.get("/nodes/flow.try")).json()["bodies"] == ["body", "catch", "finally"]

        # A part of a discriminated union; only what the choices depend on is passed on.
        part = await ask(param="auth.account", params={"auth": {"kind": "bearer"}})
        assert [one["value"] for one in part.json()["items"]] == ["eu ['region']"]

        # What stands in the way is said.
        codes = {
            "node.options_parent": await ask(param="shop", credential="mine", params={"region": ""}),
            "node.options_expression": await ask(param="shop", credential="mine", params={"region": "{{ x }}"}),
            "node.no_options": await ask(param="region"),
            "node.no_credential": await ask(param="shop"),
            "credential.not_found": await ask(param="shop", credential="other"),
            "node.options_failed": await ask(param="bad"),
            "node.output_not_plain": await ask(param="odd"),
            "node.outside_execution": await ask(param="files"),
        }
        assert {code: answer.json().get("code") for code, answer in codes.items()} == {code: code for code in codes}
        with monkeypatch.context() as patient:
            patient.setattr(choices, "_LONGEST", 0.05)
            assert (await ask(param="slow")).json()["code"] == "node.options_timeout"
        assert (await ask(param="shop", params={"address": "http://169.254.1.1"})).status_code == 403
        assert (await editor.post("/nodes/shop.ordres/options", json={"param": "x"})).status_code == 404

        # Whoever may not edit workflows asks nobody, and nobody uses a credential that is not shared with them.
        assert (await ask(viewer, param="shop", credential="mine")).status_code == 403
        other = await ask(await api.signed_in(Role.EDITOR), param="shop", credential="mine")
        assert other.json()["code"] == "credential.not_yours_to_use"
        elsewhere = await ask(await api.signed_in(Role.EDITOR, "second"), param="shop", credential="mine")
        assert elsewhere.json()["code"] == "credential.not_found"

        form = (await viewer.post("/nodes/shop.orders/form", json={"params": {"region": "us"}})).json()
        assert form["output"]["properties"] == {"us": {"type": "string"}}
        assert form["params"]["properties"]["shop"]["x-depends-on"] == ["address", "region"]
        french = await ask(param="region")
        assert (
            "liste de choix"
            in (
                await editor.post(
                    "/nodes/shop.orders/options", json={"param": "region"}, headers={"accept-language": "fr"}
                )
            ).json()["detail"]
        ), french.text


async def test_what_nodes_take_and_give_in_short(tmp_path: Path) -> None:
    shutil.copytree(PACKS, tmp_path / "data" / "packs")
    async with running_api(tmp_path / "data", driving=False) as api:
        viewer = await api.signed_in(Role.VIEWER)
        listed = (await viewer.get("/nodes", params={"q": "filter a list"})).json()["items"]
        filter = next(one for one in listed if one["type"] == "list.filter")
        assert filter["kind"] == "node"
        assert "where" in filter["keywords"]
        assert (await viewer.get("/nodes/flow.if")).json()["ports"] == ["true", "false"]

        shapes = {one["type"]: one for one in (await viewer.get("/nodes/shapes")).json()["items"]}
        assert "shop.orders" in shapes  # private packs too

        def kinds(type: str, part: str) -> dict[str, Any]:
            return {one["name"]: one["kinds"] for one in shapes[type][part]}

        assert kinds("text.slugify", "params") == {"text": ["text"], "separator": ["text"], "max_length": ["number"]}
        assert kinds("table.filter", "params")["table"] == ["list", "table"]
        assert kinds("files.read_json", "outputs") == {"data": ["any"]}
        where = next(one for one in shapes["list.filter"]["params"] if one["name"] == "where")
        assert (where["per_item"], where["required"]) == (True, True)
        columns = next(one for one in shapes["sql.sqlite_query"]["outputs"] if one["name"] == "columns")
        assert (columns["kinds"], columns["items"]) == (["list"], ["text"])
