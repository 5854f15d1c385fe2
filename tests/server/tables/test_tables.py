"""Data tables through the API: one way through everything, and who may not."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import httpx2

from studio.domain.access import GRANTABLE, Actor, ActorKind, Permission, Role
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.services.gateway.keys import Wanted
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api

PEOPLE: dict[str, Any] = {
    "name": "People",
    "columns": [{"name": "mail", "unique": True}, {"name": "age", "type": "integer"}, {"name": "note", "default": "-"}],
}


def good(answer: httpx2.Response, status: int = 200) -> Any:
    """What an answer holds."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx2.Response, status: int, code: str, param: str | None = None) -> None:
    """The answer refuses for this reason."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert param is None or answer.json()["param"] == param


async def test_tables_columns_and_rows(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    made = await client.post("/tables", json=PEOPLE)
    table = good(made, 201)
    assert made.headers["etag"] == '"1"'
    assert (table["rows"], [one["type"] for one in table["columns"]]) == (0, ["text", "integer", "text"])
    refused(await client.post("/tables", json={"name": "pEOPLE"}), 409, "data_table.name_taken", "name")
    here = f"/tables/{table['id']}"
    # Rows.
    row = good(await client.post(f"{here}/rows", json={"cells": {"mail": "ada@example.org", "age": 36}}), 201)
    assert row["cells"] == {"mail": "ada@example.org", "age": 36, "note": "-"}
    key = {"idempotency-key": "once"}
    many = {"rows": [{"mail": f"{n}@example.org", "age": n} for n in range(5)]}
    ids = good(await client.post("/tables/people/rows/batch", json=many, headers=key), 201)["ids"]
    assert good(await client.post("/tables/people/rows/batch", json=many, headers=key), 201)["ids"] == ids
    bad = {"rows": [{"mail": "x@example.org"}, {"mail": "ADA", "age": "old"}]}
    refused(await client.post(f"{here}/rows/batch", json=bad), 422, "data_table.value", "rows[1].age")
    refused(await client.post(f"{here}/rows", json={"cells": {"nope": 1}}), 422, "data_table.no_column", "nope")
    taken = {"cells": {"mail": "ada@example.org"}}
    refused(await client.post(f"{here}/rows", json=taken), 409, "data_table.not_unique", "mail")
    assert good(await client.get(here))["rows"] == 6
    # One row, by its revision.
    at = f"{here}/rows/{row['id']}"
    changed = await client.patch(at, json={"cells": {"age": 37}}, headers={"if-match": '"1"'})
    assert (good(changed)["cells"]["age"], changed.headers["etag"]) == (37, '"2"')
    stale = await client.patch(at, json={"cells": {"age": 38}}, headers={"if-match": '"1"'})
    refused(stale, 412, "record.changed")
    refused(await client.delete(at, headers={"if-match": '"1"'}), 412, "record.changed")
    assert (await client.get(at)).headers["etag"] == '"2"'
    refused(await client.get(f"{here}/rows/{table['id']}"), 404, "data_table.no_row")
    # Lists.
    seen, cursor = [], None
    while True:
        given = {"sort": "age", "descending": "true", "limit": "4", **({"cursor": cursor} if cursor else {})}
        page = good(await client.get(f"{here}/rows", params=given))
        seen += [one["cells"]["age"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [37, 4, 3, 2, 1, 0]
    old = (
        '{"all": [{"column": "age", "op": "ge", "value": 3}, {"column": "mail", "op": "ne", "value": "4@example.org"}]}'
    )
    assert good(await client.get(f"{here}/rows/count", params={"filter": old})) == {"count": 2}
    for text, code in (
        ("{", "data_table.filter_json"),
        ("[]", "data_table.filter"),
        ('{"column": "x"}', "data_table.no_column"),
        ('{"not":' * 1100 + "1" + "}" * 1100, "request.invalid"),
        ('{"not":' * 900 + "1" + "}" * 900, "data_table.filter_large"),
    ):
        answer = await client.get(f"{here}/rows", params={"filter": text})
        refused(answer, 422, code)
    refused(await client.get(f"{here}/rows", params={"sort": "age", "cursor": "WyJ4IiwgInkiXQ"}), 422, "request.cursor")
    # What no database takes as text is no id and no name of anything, and no cursor.
    for path, code in (
        ("/tables/%00", "data_table.not_found"),
        (f"{here}/rows/%00", "data_table.no_row"),
        (f"{here}/rows?cursor=WyIiLCAiXHUwMDAwIl0", "request.cursor"),
        (f"{here}/rows/count?filter=" + '{"column":"id","value":"\\u0000"}', ""),
        (f"{here}/rows/count?filter=" + '{"column":"mail","value":"\\u0000"}', ""),
    ):
        answer = await client.get(path)
        assert answer.json().get("code", "") == code, answer.text
    # Many rows.
    up = {"column": "mail", "cells": {"mail": "0@example.org", "age": 100}}
    assert good(await client.post(f"{here}/rows/upsert", json=up))["created"] is False
    more = {"filter": {"column": "age", "op": "gt", "value": 30}, "column": "age", "by": 1}
    assert good(await client.post(f"{here}/rows/increment", json=more)) == {"count": 2}
    set_ = {"filter": None, "cells": {"note": "all"}}
    assert good(await client.post(f"{here}/rows/update", json=set_)) == {"count": 6}
    refused(await client.post(f"{here}/rows/delete", json={}), 422, "request.invalid", "filter")
    few = {"filter": {"column": "age", "op": "le", "value": 3}}
    assert good(await client.post(f"{here}/rows/delete", json=few)) == {"count": 3}
    good(await client.delete(at, headers={"if-match": '"4"'}), 204)
    # Columns.
    added = await client.post(f"{here}/columns", json={"name": "size", "type": "number", "default": 1.5})
    assert good(added, 201)["columns"][-1]["name"] == "size"
    refused(await client.patch(f"{here}/columns/note", json={"type": "integer"}), 422, "data_table.value", "default")
    unfit = await client.patch(f"{here}/columns/note", json={"type": "integer", "default": None})
    refused(unfit, 409, "data_table.unfit", "note")
    renamed = await client.patch(f"{here}/columns/note", json={"name": "Remark", "default": None})
    assert [one["name"] for one in good(renamed)["columns"]] == ["mail", "age", "Remark", "size"]
    assert good(await client.patch(f"{here}/columns/age", json={"type": "text"}))["columns"][1]["type"] == "text"
    refused(await client.delete(f"{here}/columns/note"), 404, "data_table.no_column")
    dropped = await client.delete(f"{here}/columns/remark")
    good(dropped)
    items = good(await client.get(f"{here}/rows"))["items"]
    assert [one["cells"] for one in items] == [
        {"mail": "0@example.org", "age": "101", "size": 1.5}, {"mail": "4@example.org", "age": "4", "size": 1.5},
    ]  # fmt: skip
    stale = await client.patch(here, json={"name": "Persons"}, headers={"if-match": '"1"'})
    refused(stale, 412, "record.changed")
    good(await client.patch(here, json={"name": "Persons"}, headers={"if-match": dropped.headers["etag"]}))
    assert [one["name"] for one in good(await client.get("/tables"))["items"]] == ["Persons"]
    good(await client.delete(here), 204)
    refused(await client.get(here), 404, "data_table.not_found")
    # All of it is told, without a value of any row.
    admin = await either.signed_in(Role.ADMIN)
    entries = good(await admin.get("/audit", params={"action": "table.", "limit": "100"}))["items"]
    actions = [one["action"] for one in reversed(entries)]
    assert actions[:3] == ["table.created", "table.rows_added", "table.rows_added"]
    assert {"table.column_changed", "table.column_dropped", "table.rows_deleted", "table.deleted"} <= set(actions)
    assert [one["after"] for one in entries if one["action"] == "table.rows_deleted"] == [{"rows": 1}, {"rows": 3}]
    assert "example.org" not in str(entries)


async def test_files_in_and_out(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    good(await client.post("/tables", json={**PEOPLE, "name": "قائمة\u00a0'\"; x"}), 201)
    (table,) = good(await client.get("/tables"))["items"]
    here = f"/tables/{table['id']}"
    assert table["name"] == "قائمة '\"; x"
    body = 'mail,note,age\r\n=1+1,"a\nb",7\r\n@sum,,\r\n-x,\t,8\r\n'
    kind = {"content-type": "text/csv"}
    key = {**kind, "idempotency-key": "file"}
    assert good(await client.post(f"{here}/import", content=body, headers=key)) == {"count": 3}
    assert good(await client.post(f"{here}/import", content=body, headers=key)) == {"count": 3}
    assert good(await client.get(here))["rows"] == 3
    out = await client.get(f"{here}/export")
    assert out.headers["content-type"] == "text/csv; charset=utf-8"
    assert out.headers["content-disposition"].isascii()
    rows = list(csv.DictReader(io.StringIO(out.text, newline="")))
    assert [(one["mail"], one["note"], one["age"]) for one in rows] == [
        ("'=1+1", "a\nb", "7"), ("'@sum", "'-", ""), ("'-x", "'\t", "8"),
    ]  # fmt: skip
    plain = await client.get(f"{here}/export", params={"safe": "false", "filter": '{"column": "age", "value": 7}'})
    assert [one["mail"] for one in csv.DictReader(io.StringIO(plain.text, newline=""))] == ["=1+1"]
    lines = (await client.get(f"{here}/export", params={"format": "ndjson"})).text.splitlines()
    assert len(lines) == 3
    # What was exported is taken again: system columns are left out, rows are told apart by the key.
    again = await client.get(f"{here}/export", params={"safe": "false"})
    taken = await client.post(
        f"{here}/import", content=again.text.replace(",7", ",70"), params={"upsert": "mail"}, headers=kind
    )
    assert good(taken) == {"count": 3}
    assert good(await client.get(f"{here}/rows/count", params={"filter": '{"column": "age", "value": 70}'})) == {
        "count": 1
    }
    bad = await client.post(f"{here}/import", content="mail,age\nnew,1\nother,x\n", headers=kind)
    refused(bad, 422, "data_table.value", "line 3: age")
    clash = await client.post(f"{here}/import", content="mail\nnew\n@sum\n", headers=kind)
    refused(clash, 409, "data_table.not_unique")
    assert good(await client.get(here))["rows"] == 3
    admin = await api.signed_in(Role.ADMIN)
    entries = good(await admin.get("/audit", params={"action": "table.exported"}))["items"]
    assert [one["after"]["format"] for one in entries] == ["csv", "ndjson", "csv", "csv"]
    # Bodies without end, or with more levels than anybody needs, are refused and not followed.
    deep = b'{"filter": ' + b'{"not":' * 1_000_000 + b"1" + b"}" * 1_000_001
    for path in ("delete", "update"):
        answer = await client.post(f"{here}/rows/{path}", content=deep, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
    wide = {"filter": {"any": [{"column": "age", "value": 1}] * 10_000}}
    refused(await client.post(f"{here}/rows/delete", json=wide), 422, "data_table.filter_large", "filter")
    huge = {"cells": {"mail": "x" * 400_000}}
    refused(await client.post(f"{here}/rows", json=huge), 422, "data_table.row_large")
    assert good(await client.get(here))["rows"] == 3


async def test_who_may_what_and_where(api: Api) -> None:
    editor, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    service = await api.signed_in(Role.SERVICE)
    table = good(await editor.post("/tables", json=PEOPLE), 201)["id"]
    row = good(await service.post(f"/tables/{table}/rows", json={"cells": {"mail": "a@b"}}), 201)["id"]
    assert good(await viewer.get(f"/tables/{table}/rows"))["items"][0]["id"] == row
    for method, path in (("POST", "rows"), ("PATCH", f"rows/{row}"), ("DELETE", f"rows/{row}"), ("POST", "import")):
        answer = await viewer.request(method, f"/tables/{table}/{path}", json={"cells": {"mail": "x"}})
        refused(answer, 403, "access.missing_permission")
    refused(await service.delete(f"/tables/{table}"), 403, "access.missing_permission")
    stranger = await api.signed_in(Role.ADMIN, "other")
    for reference in (table, "People"):
        here = f"/tables/{reference}"
        for method, path, body in (
            ("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None), ("GET", "/rows", None),
            ("GET", "/rows/count", None), ("GET", f"/rows/{row}", None), ("GET", "/export", None),
            ("PATCH", f"/rows/{row}", {"cells": {"mail": "x"}}), ("DELETE", f"/rows/{row}", None),
            ("POST", "/rows", {"cells": {"mail": "x"}}), ("POST", "/rows/delete", {"filter": None}),
            ("POST", "/rows/upsert", {"column": "mail", "cells": {"mail": "x"}}), ("POST", "/columns", {"name": "x"}),
            ("PATCH", "/columns/mail", {"name": "x"}), ("DELETE", "/columns/mail", None), ("POST", "/import", {"x": 1}),
        ):  # fmt: skip
            refused(await stranger.request(method, here + path, json=body), 404, "data_table.not_found")
    assert good(await stranger.get("/tables"))["items"] == []
    # Forms list tables and columns to whoever may see them.
    ask: dict[str, Any] = {"param": "sort", "params": {"table": "people"}}
    columns = good(await editor.post("/nodes/data_table.find/options", json=ask))["items"]
    assert [one["value"] for one in columns] == ["mail", "age", "note"]
    refused(await stranger.post("/nodes/data_table.find/options", json=ask), 404, "data_table.not_found")
    admin = await api.account(Role.ADMIN)
    who = Actor(kind=ActorKind.PERSON, id=admin.id, workspace=DEFAULT_WORKSPACE, permissions=GRANTABLE)
    scopes = sorted(GRANTABLE - {Permission.TABLE_VIEW})
    key = await api.platform.gateway.keys.create(who, Wanted(name="Key", permissions=scopes))
    blind = await api.client(key.token).post("/nodes/data_table.find/options", json=ask)
    refused(blind, 403, "access.missing_permission")
    assert good(await viewer.get(f"/tables/{table}"))["rows"] == 1


async def test_a_workspace_that_has_used_up_its_storage_writes_no_rows(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    good(await client.post("/tables", json=PEOPLE), 201)
    row = good(await client.post("/tables/people/rows", json={"cells": {"mail": "a@b"}}), 201)["id"]
    operator = await api.signed_in(None, operator=True)
    assert (await operator.put("/operator/quotas/default", json={"storage": 10})).status_code == 200
    operation = api.platform.operation
    operation.usage.measured(await api.platform.ports.sizes())
    for method, path, body in (
        ("POST", "rows", {"cells": {"mail": "c"}}), ("PATCH", f"rows/{row}", {"cells": {"mail": "c"}}),
        ("POST", "import", None), ("POST", "rows/upsert", {"column": "mail", "cells": {"mail": "c"}}),
    ):  # fmt: skip
        refused(await client.request(method, f"/tables/people/{path}", json=body), 429, "quota.reached")
    assert good(await client.post("/tables/people/rows/delete", json={"filter": None})) == {"count": 1}
    assert (await operator.put("/operator/quotas/default", json={})).status_code == 200
    good(await client.post("/tables/people/rows", json={"cells": {"mail": "c"}}), 201)


FLOW: dict[str, Any] = {
    "studio": 1,
    "name": "Keep",
    "inputs": {"n": {"type": "integer"}},
    "nodes": {
        "kept": {"type": "data_table.upsert", "params": {
            "table": "people", "key": "mail", "values": {"mail": "{{ inputs.n }}@x", "age": "{{ inputs.n }}"}}},
        "many": {"type": "data_table.count", "params": {"table": "people"}},
    },
    "edges": ["kept -> many"],
    "output": "{{ [kept.created, many.count] }}",
}  # fmt: skip


async def test_executions_use_the_tables_of_their_own_workspace(either: Api) -> None:
    client, other = await either.signed_in(Role.EDITOR), await either.signed_in(Role.EDITOR, "other")
    good(await client.post("/tables", json=PEOPLE), 201)
    for one in (client, other):
        await published(one, FLOW, "keep")
    started = await asyncio.gather(
        *(client.post("/executions", json={"workflow": "keep", "inputs": {"n": n % 3}}) for n in range(6))
    )
    for one in started:
        await settled(client, good(one, 202)["id"], "succeeded")
    rows = good(await client.get("/tables/people/rows", params={"sort": "age"}))["items"]
    assert [one["cells"]["mail"] for one in rows] == ["0@x", "1@x", "2@x"]
    assert sum(one["revision"] for one in rows) == 6
    failed = good(await other.post("/executions", json={"workflow": "keep", "inputs": {"n": 1}}), 202)["id"]
    await settled(other, failed, "failed")
    shown = good(await other.get(f"/executions/{failed}"))
    assert "data_table.not_found" in str(shown)
