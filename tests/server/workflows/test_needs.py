"""What a workflow uses beside credentials: data tables and variables, under the right of who publishes or tries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from studio.domain.access import Permission, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, workflow_tag
from studio.domain.workflow import Workflow
from studio.services.people.model import CustomRole, member_id
from studio.services.workflows.needs import needs_of
from tests.engine.kit import catalog
from tests.server.kit import Api
from tests.server.vault.test_in_charge import Gate, made, put_member

VIEW, EDIT, MANAGE = Permission.TABLE_VIEW, Permission.TABLE_EDIT, Permission.TABLE_MANAGE
NOTHING: set[Permission] = set()
MISSING = "access.missing_permission"
ADA = {"mail": "ada@example.org"}
INSERT: dict[str, Any] = {"type": "data_table.insert", "params": {"table": "people", "values": ADA}}
FIND: dict[str, Any] = {"type": "data_table.find", "params": {"table": "people"}}
CREATE: dict[str, Any] = {"type": "data_table.create", "params": {"name": "people", "columns": [{"name": "mail"}]}}
SAY: dict[str, Any] = {"type": "flow.set", "params": {"values": {"a": "{{ vars.greeting }}"}}}


def flow(name: str, node: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    """A workflow of one node that runs when somebody has approved."""
    gate = {"type": "flow.approval", "params": {"message": "Go?"}}
    return {"studio": 1, "name": name, "nodes": {"gate": gate, "one": node}, "edges": ["gate -> one"], **rest}


def inside(node: Mapping[str, Any]) -> dict[str, Any]:
    """A loop around a node."""
    return {"type": "flow.map", "params": {"over": [1]}, "body": {"nodes": {"inner": node}}}


@pytest.mark.parametrize(
    ("document", "needed"),
    [
        (flow("a", FIND), {VIEW}),
        (flow("a", INSERT), {VIEW, EDIT}),
        (flow("a", CREATE), {MANAGE}),
        (flow("a", inside(INSERT)), {VIEW, EDIT}),
        (flow("a", {"type": "flow.noop", "fallback": [{"type": "data_table.delete", "params": {"table": "a"}}]}),
         {VIEW, EDIT}),
        (flow("a", SAY), {Permission.VARIABLE_VIEW}),
        (flow("a", inside(SAY)), {Permission.VARIABLE_VIEW}),
        (flow("a", {"type": "flow.noop"}, output="{{ vars['greeting'] }}"), {Permission.VARIABLE_VIEW}),
        (flow("a", {"type": "flow.noop", "run_if": "{{ 'x' in vars }}"}), {Permission.VARIABLE_VIEW}),
        (flow("a", {"type": "flow.noop"}, settings={"concurrency": {"limit": 1, "key": "{{ vars.a }}"}}),
         {Permission.VARIABLE_VIEW}),
        (flow("a", {"type": "trigger.error", "inputs": {"a": "{{ vars.a }}"}}), {Permission.VARIABLE_VIEW}),
        (flow("a", {"type": "flow.noop"}, description="{{ vars.a }}"), NOTHING),
        (flow("a", {"type": "flow.set", "params": {"values": {"a": "vars.a {{ inputs.vars }}"}}}), NOTHING),
    ],
)  # fmt: skip
def test_what_a_workflow_needs(document: dict[str, Any], needed: set[Permission]) -> None:
    assert set(needs_of(Workflow.model_validate(document), catalog()).permissions) == needed


async def with_role(api: Api, *permissions: Permission) -> tuple[str, httpx2.AsyncClient]:
    """Somebody who may write, publish and run workflows, and these."""
    people = api.platform.people
    basic = [one for one in Permission if one.value.startswith(("workflow.", "execution."))]
    account = await api.account("own")
    role = CustomRole(name=f"Own {account.id}", permissions=[one.value for one in (*basic, *permissions)])
    await people.records.commit([people.roles.put(DEFAULT_WORKSPACE, account.id, role)])
    await put_member(api, account.id, role=account.id)
    return account.id, api.client(await api.token(account))


async def test_tables_and_variables_take_the_permissions_of_who_publishes_or_tries(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    table = await admin.post("/tables", json={"name": "people", "columns": [{"name": "mail"}]})
    assert table.is_success, table.text
    assert (await admin.put("/variables/greeting", json={"value": "hello"})).is_success
    _, reader = await with_role(either, VIEW)
    _, writer = await with_role(either, VIEW, EDIT)
    _, maker = await with_role(either, MANAGE, Permission.VARIABLE_VIEW)
    cases = [
        ("Find", FIND, reader, maker), ("Insert", INSERT, writer, reader), ("Create", CREATE, maker, writer),
        ("Say", SAY, maker, writer),
    ]  # fmt: skip
    for name, node, may, may_not in cases:
        id = await made(may_not, flow(name, node), publish=False)
        for refused in (
            await may_not.post(f"/workflows/{id}/publish", json={}),
            await may_not.post("/executions", json={"workflow": id, "which": "draft"}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, MISSING), (name, refused.text)
        assert (await may.post("/executions", json={"workflow": id, "which": "draft"})).is_success, name
        assert (await may.post(f"/workflows/{id}/publish", json={})).is_success, name
        # Who runs what was published needs none of it; who pins what it works on does.
        gate = Gate(either, may_not)
        assert await gate.go(await gate.begin(id)) is None, name
        pinned = {"workflow": id, "pinned": {"gate": {"decision": "approve"}}}
        assert (await may_not.post("/executions", json=pinned)).json()["code"] == MISSING, name
    rows = (await admin.get(f"/tables/{table.json()['id']}/rows")).json()["items"]
    assert [one["cells"]["mail"] for one in rows] == ["ada@example.org"]


async def test_the_permissions_are_asked_at_each_start_and_at_each_use(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    assert (await admin.post("/tables", json={"name": "people", "columns": [{"name": "mail"}]})).is_success
    assert (await admin.put("/variables/greeting", json={"value": "hello"})).is_success
    account, writer = await with_role(api, VIEW, EDIT, MANAGE, Permission.VARIABLE_VIEW)
    gate = Gate(api, admin)
    # The table is named when it runs, and what makes one is asked for as well.
    named: dict[str, Any] = {**INSERT, "params": {**INSERT["params"], "table": "{{ gate.data.table }}"}}
    ids = [await made(writer, flow(name, node)) for name, node in (("Named", named), ("Make", CREATE), ("Get", FIND))]
    waiting = [await gate.begin(one) for one in ids]
    again = [await gate.begin(one) for one in ids]
    say = await made(writer, flow("Say", SAY))
    told = await gate.begin(say)
    for one in again[1:]:
        assert await gate.go(one) is None
    await put_member(api, account, role=Role.VIEWER)
    assert (await gate.go(waiting[2])) is None  # Viewers see tables
    for one, permission in ((waiting[1], MANAGE), (waiting[0], EDIT)):
        answer = {"path": "gate", "decision": "approve", "data": {"table": "people"}}
        assert (await admin.post(f"/executions/{one}/approvals", json=answer)).is_success
        await api.studio.engine.wait(one, timeout=30)
        error = (await admin.get(f"/executions/{one}")).json()["error"]
        assert (error["code"], error["classification"]) == ("execution.right_lost", "authentication"), error
        assert permission.value in error["message"]
    for id in ids[:2]:
        refused = await admin.post("/executions", json={"workflow": id})
        assert (refused.status_code, refused.json()["code"]) == (403, "workflow.publisher_lost"), refused.text
    await put_member(api, account, role="gone")
    refused = await admin.post("/executions", json={"workflow": say})
    assert (refused.status_code, refused.json()["code"]) == (403, "workflow.publisher_lost"), refused.text
    # Variables were read when it started.
    assert await gate.go(told) is None


async def test_who_is_given_a_workflow_is_told_and_may_hand_it_back(api: Api) -> None:
    people = [await api.account(Role.EDITOR, name=name) for name in ("Ada", "Bob", "Cy")]
    ada, bob, cy = [api.client(await api.token(one)) for one in people]
    admin, stranger = await api.signed_in(Role.ADMIN), await api.signed_in(Role.ADMIN, "other")
    id = await made(ada, flow("Given", {"type": "flow.noop"}))
    path = f"/workflows/{id}/transfer"

    async def notices() -> list[tuple[list[str], Any]]:
        from studio.services.notices.model import Shelf

        kept = await Shelf(api.platform.ports.records).notices.all(DEFAULT_WORKSPACE)
        return [(one.value.to, one.value.facts["back"]) for one in kept if one.value.kind == "owner"]

    given = await ada.post(path, json={"owner": people[1].id})
    assert (given.json()["owner"], given.json()["handed_from"]) == (people[1].id, people[0].id)
    assert await notices() == [([people[1].id], False)]
    for client in (ada, cy, admin):
        for way in ("accept", "decline"):
            refused = await client.post(f"{path}/{way}")
            assert (refused.status_code, refused.json()["code"]) == (409, "workflow.not_handed")
    assert (await stranger.post(f"{path}/accept")).status_code == 404
    key = (await bob.post("/keys", json={"name": "all"})).json()["secret"]
    for_people = await api.client(key).post(f"{path}/accept")
    assert (for_people.status_code, for_people.json()["code"]) == (403, "access.people_only"), for_people.text
    stale = await bob.post(f"{path}/decline", headers={"if-match": '"1"'})
    assert stale.status_code == 412
    back = await bob.post(f"{path}/decline")
    assert (back.json()["owner"], back.json()["handed_from"]) == (people[0].id, None)
    assert sorted(await notices()) == sorted([([people[1].id], False), ([people[0].id], True)])
    # Whoever hands on what they have not accepted leaves it to who owned it.
    await ada.post(path, json={"owner": people[1].id})
    on = await bob.post(path, json={"owner": people[2].id})
    assert on.json()["handed_from"] == people[0].id
    accepted = await cy.post(f"{path}/accept")
    assert (accepted.json()["owner"], accepted.json()["handed_from"]) == (people[2].id, None)
    assert (await cy.post(f"{path}/decline")).json()["code"] == "workflow.not_handed"
    # An Admin who takes it needs nobody's leave; of who has left nobody can hand it back to.
    me = (await admin.get("/session")).json()["account"]["id"]
    assert (await admin.post(path, json={"owner": me})).json()["handed_from"] is None
    await admin.post(path, json={"owner": people[1].id})
    records = api.platform.people
    await records.records.commit([records.members.drop(INSTANCE, member_id(DEFAULT_WORKSPACE, me))])
    assert (await bob.post(f"{path}/decline")).json()["code"] == "workflow.nobody_to_hand_back"
    entries = await api.platform.ports.records.audit(DEFAULT_WORKSPACE, limit=1000)
    log = b"".join(one.value for one in entries)
    assert all(f"workflow.{one}".encode() in log for one in ("transferred", "accepted", "declined"))


async def test_what_nodes_have_kept_ends_when_a_workflow_can_be_brought_back_no_more(
    either: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await either.signed_in(Role.ADMIN)
    count: dict[str, Any] = {"type": "flow.counter", "params": {}}
    ids = [await made(admin, flow(name, count)) for name in ("First", "Second", "Third")]
    gate, store = Gate(either, admin), either.studio.engine.store
    for id in ids:
        assert await gate.go(await gate.begin(id)) is None
    on = await gate.begin(ids[1])

    async def kept() -> list[bool]:
        return [(await store.node_state(DEFAULT_WORKSPACE, f"{id}/one")).value is not None for id in ids]

    assert await kept() == [True] * 3
    endings, shelf = either.platform.workflows.endings, either.platform.workflows.shelf
    for id in ids:
        assert (await admin.delete(f"/workflows/{id}")).is_success
    await either.platform.tidy()
    assert (await admin.post(f"/workflows/{ids[2]}/undelete")).is_success
    await either.platform.tidy()
    assert await kept() == [True] * 3
    # The thirty days are over, and what has expired is gone.
    for id in ids[:2]:
        await shelf.records.commit([shelf.workflows.drop(DEFAULT_WORKSPACE, id)])
    purging = endings._purging  # pyright: ignore[reportPrivateUsage]
    before = purging._clock  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(purging, "_clock", lambda: before() + 31 * 86_400_000_000)
    await either.platform.tidy()
    assert await kept() == [False, True, True], "one goes on, one was brought back"
    assert (await admin.get("/executions", params={"tag": workflow_tag(ids[1])})).is_success
    assert await gate.go(on) is None
    await either.platform.tidy()
    assert await kept() == [False, False, True]
