"""Workflows as files: in, out, and in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2

from studio.domain.access import Role
from tests.server.kit import Api
from tests.server.workflows.test_changes import create, names
from tests.server.workflows.test_drafts import GREETING
from tests.server.workflows.test_folders import folder, granted
from tests.server.workflows.test_starting import calling, output
from tests.server.workflows.test_versions import audited

EXAMPLES = Path(__file__).parents[3] / "examples"


def file(name: str) -> dict[str, str]:
    """One of the examples as a file to import."""
    return {"name": name, "text": (EXAMPLES / name).read_text()}


async def take(client: httpx2.AsyncClient, *files: dict[str, str], **more: Any) -> Any:
    """What an import gives."""
    answer = await client.post("/workflows/import", json={"files": files, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["items"]


async def test_files_come_in_with_their_calls_put_right(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    items = await take(editor, file("stocks.yaml"), file("parts/share.yaml"))
    assert [one["workflow"]["key"] for one in items] == ["stocks", "share"]
    assert [[one["code"] for one in item["problems"]] for item in items] == [["workflow.call_unpublished"], []]
    assert items[0]["problems"][0]["line"] == 16
    call = (await editor.get("/workflows/stocks/draft")).json()["document"]
    assert call["nodes"]["each_share"]["body"]["nodes"]["summary"]["params"]["workflow"] == "share"
    for key in ("share", "stocks"):
        assert (await editor.post(f"/workflows/{key}/publish", json={})).status_code == 201


async def test_all_or_none_with_every_problem_of_every_file(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    files = [
        file("quakes.yaml"),
        {"name": "bad.yaml", "text": "studio: 1\nname: Bad\nnode: {}\n"},
        {"name": "worse.json", "text": '{"studio": 1,\n "name": "W"'},
    ]
    refused = await editor.post("/workflows/import", json={"files": files})
    assert (refused.status_code, refused.json()["code"]) == (422, "workflow.invalid")
    assert {(one["file"], one["line"]) for one in refused.json()["problems"]} == {("bad.yaml", 3), ("worse.json", 2)}
    assert await names(editor) == []
    twice = await editor.post("/workflows/import", json={"files": [file("quakes.yaml")] * 2})
    assert (twice.status_code, twice.json()["code"]) == (422, "workflow.import_files")


async def test_what_is_there_already_is_left_alone_unless_told(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    await take(editor, file("quakes.yaml"))
    other = {"name": "quakes.yaml", "text": "studio: 1\nname: Quieter\nnodes: {}\n"}
    refused = await editor.post("/workflows/import", json={"files": [file("films.yaml"), other]})
    assert (refused.status_code, refused.json()["code"]) == (409, "workflow.import_exists")
    assert await names(editor) == ["Strong quakes"]
    again = await take(editor, other, existing="new")
    assert again[0]["workflow"]["key"] == "quakes-2"
    replaced = await take(editor, other, existing="draft")
    assert (replaced[0]["workflow"]["key"], replaced[0]["workflow"]["draft_revision"]) == ("quakes", 2)
    assert await names(editor) == ["Quieter", "Quieter"]


async def test_an_import_needs_the_right_for_folder_and_workflow(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    mine, theirs = await folder(admin, "Mine"), await folder(admin, "Theirs")
    await take(admin, file("quakes.yaml"), folder=theirs)
    member = await granted(api, {mine: Role.EDITOR})
    await take(member, file("films.yaml"), folder=mine)
    for body, status in (
        ({"files": [file("taxi.yaml")]}, 403),
        ({"files": [file("taxi.yaml")], "folder": theirs}, 404),
        ({"files": [file("quakes.yaml")], "folder": mine, "existing": "draft"}, 404),
    ):
        assert (await member.post("/workflows/import", json=body)).status_code == status


async def test_what_goes_out_comes_in_the_same(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    await take(editor, file("stocks.yaml"), file("parts/share.yaml"))
    out = (await editor.get("/workflows/stocks/export")).json()["files"]
    assert [one["name"] for one in out] == ["stocks.yaml", "share.yaml"]
    assert "workflow: share.yaml" in out[0]["text"]
    assert (await editor.get("/workflows/stocks/export")).json()["files"] == out
    before = [(await editor.get(f"/workflows/{key}/draft")).json()["document"] for key in ("stocks", "share")]
    await take(editor, *out, existing="draft")
    after = [(await editor.get(f"/workflows/{key}/draft")).json()["document"] for key in ("stocks", "share")]
    assert after == before
    json = (await editor.get("/workflows/stocks/export", params={"format": "json"})).json()["files"]
    assert [one["name"] for one in json] == ["stocks.json", "share.json"]
    assert "workflow.exported" in [one.action for one in await audited(either)]


async def test_an_export_runs_from_the_command_line(api: Api, tmp_path: Path) -> None:
    editor = await api.signed_in(Role.EDITOR)
    await create(editor)
    await editor.post("/workflows/greeting/publish", json={})
    await editor.post("/workflows", json={"document": calling("greeting"), "key": "caller"})
    await editor.post("/workflows/caller/publish", json={})
    assert await output(api, "caller") == "Hello world"
    for one in (await editor.get("/workflows/caller/export", params={"version": 1})).json()["files"]:
        (tmp_path / one["name"]).write_text(one["text"])
    document = api.studio.documents.read(tmp_path / "caller.yaml")
    assert document.valid
    assert list(document.calls()) == ["greeting.yaml"]


async def test_an_export_holds_only_what_may_be_seen(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    mine = await folder(admin, "Mine")
    await create(admin, key="hidden")
    await create(admin, "Caller", folder=mine, key="caller")
    await admin.put("/workflows/caller/draft", json={"document": calling("hidden")})
    member = await granted(api, {mine: Role.VIEWER})
    out = (await member.get("/workflows/caller/export")).json()["files"]
    assert [one["name"] for one in out] == ["caller.yaml"]
    assert "workflow: hidden\n" in out[0]["text"]
    assert len((await admin.get("/workflows/caller/export")).json()["files"]) == 2
    caller = (await admin.get("/workflows/caller")).json()["id"]
    key = (await admin.post("/keys", json={"name": "One", "workflows": [caller]})).json()["secret"]
    assert (await api.client(key).get("/workflows/caller/export")).json()["files"] == out
    assert GREETING["name"] not in out[0]["text"]
