"""Looking at the audit log, exporting it, checking it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec
import pytest

from studio.contracts.records import AuditEntry
from studio.domain.access import Actor, ActorKind, Role
from studio.domain.ids import INSTANCE
from studio.services.audit.lines import csv_line, json_line, syslog_message
from studio.services.auditing import AuditFacts, entry
from tests.server.kit import Api

EVIL = 'x"]\n<110>1 forged\r\n=HYPERLINK("http://evil.example")\x1b[31m\u202e\u2028'


async def written(api: Api, count: int, workspace: str = "default", **more: Any) -> None:
    """Entries in a log."""
    who = Actor(kind=ActorKind.PERSON, id="ada", name="Ada", workspace=workspace, ip="10.0.0.1")
    for first in range(0, count, 100):
        drafts = [
            entry(who, "thing.changed", kind="thing", id=str(number), name=f"Thing {number}", **more)
            for number in range(first, min(count, first + 100))
        ]
        await api.platform.ports.records.commit([], drafts)


async def every(client: Any, path: str = "/audit", **params: Any) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    while True:
        page = await client.get(path, params={"limit": 100, **params})
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        if page.json()["next"] is None:
            return found
        params["cursor"] = page.json()["next"]


async def test_filters_and_pages(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    await written(either, 230)
    await written(either, 3, outcome="refused")
    made = (await admin.post("/workflows", json={"name": "A"})).json()
    whole = await every(admin)
    assert [one["seq"] for one in whole] == list(range(234, 0, -1))
    assert len(await every(admin, outcome="refused")) == 3
    assert len(await every(admin, actor="ada")) == 233
    assert [one["target_id"] for one in await every(admin, target_kind="workflow")] == [made["id"]]
    assert [one["action"] for one in await every(admin, action="workflow.")] == ["workflow.created"]
    assert await every(admin, action="workflow") == []
    assert [one["target_name"] for one in await every(admin, target="200")] == ["Thing 200"]
    moment = whole[100]["at"]
    assert {one["seq"] for one in await every(admin, until=moment)} == {
        one["seq"] for one in whole if one["at"] < moment
    }
    assert {one["seq"] for one in await every(admin, since=moment)} == {
        one["seq"] for one in whole if one["at"] >= moment
    }
    far = datetime.fromtimestamp(4e9, UTC).isoformat()
    assert await every(admin, since=far) == []
    assert len(await every(admin, until=far)) == 234


async def test_who_may_see_which_log(either: Api) -> None:
    await written(either, 3)
    await written(either, 2, "other")
    admin, stranger = await either.signed_in(Role.ADMIN), await either.signed_in(Role.ADMIN, "other")
    assert (len(await every(admin)), len(await every(stranger))) == (3, 2)
    editor = await either.signed_in(Role.EDITOR)
    operator = await either.signed_in(None, operator=True)
    for path in ("/audit", "/audit/export", "/audit/verify", "/audit/stream"):
        assert (await editor.get(path)).status_code == 403
        assert (await operator.get(path)).status_code == 403
        assert (await admin.get(f"/operator{path}")).status_code == 403
    assert (await operator.get("/operator/audit/verify")).json()["broken"] is None
    assert {one["action"] for one in await every(operator, "/operator/audit")} == {"session.began", "access.refused"}


async def test_exports_are_whole_and_told_of(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    await written(either, 1203)
    exported = await admin.get("/audit/export")
    assert exported.headers["content-type"] == "application/x-ndjson"
    assert "attachment" in exported.headers["content-disposition"]
    lines = [json.loads(line) for line in exported.content.splitlines()]
    assert [one["seq"] for one in lines] == list(range(1, 1204))
    sheet = await admin.get("/audit/export", params={"format": "csv", "action": "thing.changed"})
    rows = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert (len(rows), rows[7]["target_name"]) == (1203, "Thing 7")
    told = await every(admin, action="audit.")
    assert [one["after"] for one in told] == [{"format": "csv", "action": "thing.changed"}, {"format": "ndjson"}]


async def test_a_log_that_was_tampered_with_is_found(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    await written(api, 20)
    assert (await admin.get("/audit/verify")).json() == {"entries": 20, "broken": None}
    store = api.studio.settings.data
    file = next(one for one in store.glob("*.db"))
    changes = {
        "changed": ("UPDATE audit SET value = (SELECT value FROM audit WHERE workspace = 'default' AND seq = 3)"
                    " WHERE workspace = 'default' AND seq = 7", 7),
        "missing": ("DELETE FROM audit WHERE workspace = 'default' AND seq = 5", 5),
    }  # fmt: skip
    for kind, (statement, seq) in changes.items():
        # Not with the standard library's: two SQLite libraries in one process break each other's locks.
        connection = apsw.Connection(str(file))
        connection.execute(statement)
        connection.close()
        found = (await admin.get("/audit/verify")).json()
        assert (found["broken"], found["entries"]) == ({"seq": seq, "kind": kind}, seq - 1)


FACTS = AuditFacts(
    action="thing\n.changed", actor_kind="person", actor_id=EVIL, actor_name=EVIL, target_name=f"={EVIL}",
    before={"name": EVIL}, agent=EVIL,
)  # fmt: skip
ENTRY = AuditEntry(workspace="default", seq=7, id="x", at=1_700_000_000_123_456, value=b"")


def syslog_line(entry: AuditEntry, facts: AuditFacts) -> bytes:
    """A syslog message as a line."""
    return syslog_message(entry, facts, "host name\n") + b"\n"


@pytest.mark.parametrize("render", [json_line, csv_line, syslog_line])
def test_what_names_hold_ends_no_line(render: Any) -> None:
    line: bytes = render(ENTRY, FACTS)
    if render is csv_line:
        (row,) = csv.reader(io.StringIO(line.decode(), newline=""))
        assert row[7].startswith("x")
        assert row[16].startswith("'=")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
        return
    assert line.count(b"\n") == 1
    assert b"\x1b" not in line
    assert line.isascii() or render is not json_line


def test_a_syslog_message_is_one() -> None:
    message = syslog_message(ENTRY, msgspec.structs.replace(FACTS, outcome="refused"), "host").decode()
    assert message.startswith("<108>1 2023-11-14T22:13:20.123456Z host studio - thing-.changed [studio@32473 ")
    head, _, text = message.partition('"] ')
    assert json.loads(text)["target_name"] == f"={EVIL}"
    assert '\\"\\]' in head
    assert "\n" not in message


async def test_the_log_of_the_instance_can_not_vanish(api: Api) -> None:
    operator = await api.signed_in(None, operator=True)
    file = next(one for one in api.studio.settings.data.glob("*.db"))
    with apsw.Connection(str(file)) as connection:
        connection.execute("DELETE FROM audit WHERE workspace = ?", (INSTANCE,))
        connection.execute("DELETE FROM audit_heads WHERE workspace = ?", (INSTANCE,))
    connection.close()
    assert (await operator.get("/operator/audit/verify")).json()["broken"] == {"seq": 1, "kind": "missing"}
