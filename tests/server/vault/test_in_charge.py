"""Whoever answers for an execution is asked at each use, also when it has waited; nothing of a start is remembered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from studio.domain.access import Role
from studio.domain.errors import UserError
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.domain.settings import ServerSettings
from studio.domain.workflow import Workflow
from studio.engine import Charge, Grants, StartRequest, error_execution
from studio.services.people.model import CustomRole, Member, member_id
from tests.server.kit import Api, running_api
from tests.server.vault.test_using import TOKEN, credential, echo, run

LOST, NOBODY = "credential.right_lost", "credential.nobody_answers"


def waiting(url: str, name: str = "Waiting", alias: str = "mail") -> dict[str, Any]:
    """A workflow that uses a credential when somebody has approved."""
    call = {"type": "http.request", "params": {"url": url, "method": "GET"}, "credential": alias}
    return {
        "studio": 1, "name": name, "edges": ["gate -> call"],
        "nodes": {"gate": {"type": "flow.approval", "params": {"message": "Go?"}}, "call": call},
    }  # fmt: skip


async def made(client: httpx2.AsyncClient, document: Mapping[str, Any], *, publish: bool = True) -> str:
    """A workflow under a key of its own name."""
    answer = await client.post("/workflows", json={"document": document, "key": str(document["name"]).lower()})
    assert answer.status_code == 201, answer.text
    if publish:
        published = await client.post(f"/workflows/{answer.json()['id']}/publish", json={})
        assert published.is_success, published.text
    return answer.json()["id"]


class Gate:
    """Starts executions that wait, and lets them go on."""

    def __init__(self, api: Api, client: httpx2.AsyncClient) -> None:
        self.api = api
        self.client = client

    async def begin(self, workflow: str, which: str = "published", *, by: httpx2.AsyncClient | None = None) -> str:
        """Start one, and wait until it waits."""
        answer = await (by or self.client).post("/executions", json={"workflow": workflow, "which": which})
        assert answer.is_success, answer.text
        return await self.waits(answer.json()["id"])

    async def waits(self, id: str) -> str:
        """Wait until one waits."""
        while (await self.api.studio.engine.wait(id, timeout=0.01)).reason is None:
            pass
        return id

    async def go(self, id: str, path: str = "gate") -> dict[str, Any] | None:
        """Approve; the error that it ended with, None where it succeeded."""
        answer = await self.client.post(f"/executions/{id}/approvals", json={"path": path, "decision": "approve"})
        assert answer.is_success, answer.text
        await self.api.studio.engine.wait(id, timeout=30)
        shown = (await self.client.get(f"/executions/{id}")).json()
        assert (shown["status"] == "succeeded") is (shown["error"] is None), shown
        return shown["error"]


async def put_member(api: Api, account: str, **changed: Any) -> None:
    """Change a membership as any part of Studio would."""
    people = api.platform.people
    id = member_id(DEFAULT_WORKSPACE, account)
    found = await people.members.get(INSTANCE, id)
    before = found.value if found is not None else Member(workspace=DEFAULT_WORKSPACE, account=account, role="viewer")
    await people.records.commit([people.members.put(INSTANCE, id, msgspec.structs.replace(before, **changed))])


async def test_what_is_taken_back_while_an_execution_waits_is_not_used(either: Api) -> None:
    owner, account = await either.signed_in(Role.EDITOR), await either.account(Role.EDITOR)
    other, admin = either.client(await either.token(account)), await either.signed_in(Role.ADMIN)
    people, gate = either.platform.people, Gate(either, admin)
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        sharing = f"/credentials/{id}/sharing"
        assert (await owner.put(sharing, json={"members": {account.id: "use"}})).is_success
        workflow = await made(other, waiting(url))
        ids = [await gate.begin(workflow, by=owner) for _ in range(6)]
        drafts = [await gate.begin(workflow, "draft", by=other) for _ in range(2)]
        assert await gate.go(ids[0]) is None
        assert await gate.go(drafts[0]) is None
        assert seen == [f"Bearer {TOKEN}"] * 2
        # The share is taken back: from the version that was published, and from the draft.
        assert (await owner.put(sharing, json={})).is_success
        for one in (ids[1], drafts[1]):
            error = await gate.go(one)
            assert error is not None
            assert (error["code"], error["classification"], error["node"]) == (LOST, "authentication", "call")
            assert "mail" in error["message"]
            assert TOKEN not in str(error)
        # The publisher loses the permission; to manage what one may not use is not enough either.
        managing = CustomRole(name="Managing", permissions=["workflow.view", "credential.manage"])
        await people.records.commit([people.roles.put(DEFAULT_WORKSPACE, "managing", managing)])
        assert (await owner.put(sharing, json={"everyone": "manage"})).is_success
        for role, one in (("viewer", ids[2]), ("managing", ids[5])):
            await put_member(either, account.id, role=role)
            error = await gate.go(one)
            assert error is not None
            assert error["code"] == LOST
        # They are disabled, and nobody else answers.
        await put_member(either, account.id, role="editor")
        await people.records.commit([
            people.accounts.put(INSTANCE, account.id, msgspec.structs.replace(account.value, active=False))
        ])  # fmt: skip
        error = await gate.go(ids[3])
        assert error is not None
        assert error["code"] == NOBODY
        # They are removed, and whom an Admin made the owner answers, without having been there at the start.
        await people.records.commit([people.members.drop(INSTANCE, member_id(DEFAULT_WORKSPACE, account.id))])
        me = (await admin.get("/session")).json()["account"]["id"]
        assert (await admin.post(f"/workflows/{workflow}/transfer", json={"owner": me})).is_success
        assert await gate.go(ids[4]) is None
        assert len(seen) == 3


async def test_what_is_called_and_what_is_looked_up_by_nodes_is_asked_for_too(api: Api) -> None:
    owner, account = await api.signed_in(Role.EDITOR), await api.account(Role.EDITOR)
    other, gate = api.client(await api.token(account)), Gate(api, owner)
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        key = {"name": "key", "type": "crypto.secret", "fields": {"secret": "hm-4d5e6f"}}
        secret = (await owner.post("/credentials", json=key)).json()["id"]
        for one in (id, secret):
            assert (await owner.put(f"/credentials/{one}/sharing", json={"members": {account.id: "use"}})).is_success
        await made(other, {**waiting(url, "Inner"), "nodes": {"call": waiting(url)["nodes"]["call"]}, "edges": []})
        outer: dict[str, Any] = waiting(url, "Outer")
        outer["nodes"]["call"] = {"type": "flow.call", "params": {"workflow": "inner"}}
        signing: dict[str, Any] = waiting(url, "Signing", "key")
        signing["nodes"]["call"] = {"type": "crypto.hmac", "params": {"text": "a"}, "credential": "key"}
        called, signed = await made(owner, outer), await made(other, signing)
        first, second = await gate.begin(called), await gate.begin(called)
        third, fourth = await gate.begin(signed), await gate.begin(signed)
        assert await gate.go(first) is None
        assert await gate.go(third) is None
        assert len(seen) == 1
        # The owner may use both, but did not publish what uses them.
        await put_member(api, account.id, role="viewer")
        errors = [await gate.go(second), await gate.go(fourth)]
        assert [one and (one["code"], one["classification"]) for one in errors] == [
            ("flow.call_failed", "authentication"), (LOST, "authentication"),
        ]  # fmt: skip
        assert LOST in str(errors[0]) or "mail" in str(errors[0])
        assert len(seen) == 1


async def test_error_workflows_and_what_runs_again_have_answers_of_their_own(api: Api) -> None:
    owner, account = await api.signed_in(Role.EDITOR), await api.account(Role.EDITOR)
    other = api.client(await api.token(account))
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        sharing = f"/credentials/{id}/sharing"
        assert (await owner.put(sharing, json={"members": {account.id: "use"}})).is_success
        call = waiting(url)["nodes"]["call"]
        await made(other, {"studio": 1, "name": "Tell", "nodes": {"failed": {"type": "trigger.error"}, "call": call}})
        stop = {"type": "flow.stop", "params": {"status": "failed", "message": "no"}}
        outer = {**waiting(url, "Failing"), "settings": {"error_workflow": "tell"}}
        outer["nodes"] = {"gate": outer["nodes"]["gate"], "call": stop}
        failing, gate = await made(owner, outer), Gate(api, owner)
        ids = [await gate.begin(failing) for _ in range(2)]
        # A draft that somebody else runs again is theirs to answer for.
        drafted = await gate.begin(await made(owner, waiting(url), publish=False), "draft")
        again = await other.post(f"/executions/{drafted}/replay", json={})
        assert again.is_success, again.text
        replayed = await gate.waits(again.json()["id"])

        async def told(id: str) -> str | None:
            error = await gate.go(id)
            assert error is not None
            assert error["code"] == "flow.stopped", error
            result = await api.studio.engine.wait(error_execution(id), timeout=30)
            return None if result.error is None else result.error.code

        assert await told(ids[0]) is None
        assert len(seen) == 1
        assert (await owner.put(sharing, json={})).is_success
        assert await told(ids[1]) == LOST
        error = await gate.go(replayed)
        assert error is not None
        assert error["code"] == LOST
        assert await gate.go(drafted) is None
        assert len(seen) == 2


async def test_what_was_handed_over_runs_with_the_right_of_its_owner_once_they_accept(api: Api) -> None:
    account, heir = await api.account(Role.EDITOR), await api.account(Role.EDITOR, name="Heir")
    leaver, owner = api.client(await api.token(account)), api.client(await api.token(heir))
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        assert (await owner.put(f"/credentials/{id}/sharing", json={"members": {account.id: "use"}})).is_success
        workflow, gate = await made(leaver, waiting(url)), Gate(api, owner)
        ids = [await gate.begin(workflow) for _ in range(2)]
        assert (await leaver.post(f"/workflows/{workflow}/transfer", json={"owner": heir.id})).is_success
        people = api.platform.people
        await people.records.commit([people.members.drop(INSTANCE, member_id(DEFAULT_WORKSPACE, account.id))])
        assert (await run(owner, api, workflow)).json()["code"] == "credential.no_publisher"
        error = await gate.go(ids[0])
        assert error is not None
        assert error["code"] == NOBODY
        assert (await owner.post(f"/workflows/{workflow}/transfer/accept")).is_success
        assert await gate.go(ids[1]) is None
        assert (await owner.post("/executions", json={"workflow": workflow})).is_success
        assert len(seen) == 1


async def test_credentials_of_the_environment_are_for_admins_unless_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"type": "http.bearer", "token": TOKEN, "hosts": ["127.0.0.1"]}
    monkeypatch.setenv("STUDIO_CREDENTIAL_POST_OFFICE", json.dumps(given))
    settings = ServerSettings(port=0, requests_per_minute=0, shared_credentials=("post-office",))
    async with echo() as (url, seen), running_api(tmp_path / "data", settings=settings) as api:
        admin, editor, account = (
            await api.signed_in(Role.ADMIN), await api.signed_in(Role.EDITOR), await api.account(Role.ADMIN),
        )  # fmt: skip
        other, gate = api.client(await api.token(account)), Gate(api, admin)
        theirs = await made(editor, waiting(url, "Theirs", "post_office"))
        shared = [await gate.begin(theirs) for _ in range(3)]
        assert await gate.go(shared[0]) is None
        api.studio.host.share(("*",))
        assert await gate.go(shared[1]) is None
        # It is not opened any more.
        api.studio.host.share(("something-else",))
        await made(admin, waiting(url, "Ours", "post-office"))
        assert await gate.go(await gate.begin("ours", by=editor)) is None
        assert len(seen) == 3
        error = await gate.go(shared[2])
        assert error is not None
        assert (error["code"], error["classification"]) == ("credential.environment_admins", "authentication")
        # A credential of one's own under that name does not lead there either.
        await credential(editor, "post_office", "own")
        draft = await made(editor, waiting(url, "Draft", "post_office"), publish=False)
        for refused in (
            await editor.post(f"/workflows/{draft}/publish", json={}),
            await editor.post("/executions", json={"workflow": draft, "which": "draft"}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "credential.environment_admins")
        # Who was an Admin at the start is asked again.
        late = await gate.begin(await made(other, waiting(url, "Late", "post-office")))
        await put_member(api, account.id, role="editor")
        error = await gate.go(late)
        assert error is not None
        assert error["code"] == "credential.environment_admins"
        assert len(seen) == 3
        # In another workspace there is none, and who runs workflows here without a server is asked nothing.
        host = api.studio.host
        assert (await host.credential(DEFAULT_WORKSPACE, "post-office"))["token"] == TOKEN
        with pytest.raises(UserError, match="no credential"):
            await host.credential("other", "post-office")


async def test_an_execution_without_anybody_in_charge_is_asked_nothing(api: Api) -> None:
    """What the command line runs has nobody in charge; a charge without an account has nobody left."""
    owner = await api.signed_in(Role.EDITOR)
    async with echo() as (url, seen):
        await credential(owner, "mail")
        document = {"studio": 1, "name": "Plain", "nodes": {"call": waiting(url)["nodes"]["call"]}}
        for charges, ended in (({}, None), ({"": Charge("")}, NOBODY)):
            grants = Grants(allow_hosts=["127.0.0.1"])
            request = StartRequest(workflow=Workflow.model_validate(document), charges=charges, grants=grants)
            result = await api.studio.engine.wait(await api.studio.engine.submit(request), timeout=30)
            assert (None if result.error is None else result.error.code) == ended
        assert len(seen) == 1
