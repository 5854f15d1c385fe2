"""What belongs to a workflow ends with it and comes back with it; nothing is left behind."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.records import Find
from studio.domain.access import Role
from studio.services.notices.model import Health
from studio.services.notices.model import Shelf as NoticeShelf
from studio.services.workflows import ending
from studio.services.workflows.changing import KEPT
from studio.services.workflows.ending import Endings
from tests.server.editing.test_editing import made, send, setting
from tests.server.kit import Api

KINDS = (
    "draft", "draft_part", "draft_undo", "workflow_version", "version_document", "comment_thread", "comment",
    "comment_events", "comment_read",
)  # fmt: skip


async def ends(api: Api, workflow: str) -> dict[str, set[int | None]]:
    """When the records of a workflow end, by kind."""
    found: dict[str, set[int | None]] = {}
    for kind in (*KINDS, "workflow_ending", "workflow_health"):
        for one in await api.platform.ports.records.find(Find(workspace="default", kind=kind, limit=500)):
            record = one.record
            if workflow in record.value.decode("latin-1") or workflow in record.id:
                found.setdefault(kind, set()).add(record.expires_at)
    return found


async def test_all_of_a_workflow_ends_and_comes_back(either: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_BATCH", 3)  # several transactions
    ada, bob = await either.signed_in(Role.ADMIN), await either.signed_in(Role.EDITOR)
    id, other = await made(ada), await made(ada)
    thread = ""
    for workflow in (id, other):
        assert (await ada.post(f"/workflows/{workflow}/publish", json={})).status_code == 201
        assert (await send(ada, workflow, 1, setting("greet", "template", "A"))).status_code == 200
        for number in range(3):
            begun = await ada.post("/comments", json={"workflow": workflow, "text": f"{workflow} {number}"})
            thread = begun.json()["id"]
            await ada.post(f"/comments/{thread}/replies", json={"text": workflow})
        await bob.post("/comments/read", json={"workflow": workflow})
        await either.platform.people.records.commit(
            [NoticeShelf(either.platform.ports.records).health.put("default", workflow, Health(since=1, last=1))]
        )
    before = await ends(either, id)
    # What was edited is kept as one piece here: there are no parts.
    assert {*before} == {*KINDS, "workflow_health"} - {"draft_part"}
    assert {end for found in before.values() for end in found} == {None}
    untouched = await ends(either, other)
    assert (await ada.delete(f"/workflows/{id}")).status_code == 204
    now = either.platform.ports.clock()
    gone = await ends(either, id)
    assert {*gone} == {*before} - {"workflow_health", "draft_undo"}
    (end,) = {end for found in gone.values() for end in found}
    assert end is not None
    assert now < end <= now + KEPT
    assert await ends(either, other) == untouched
    # Nobody can add to it meanwhile.
    assert (await bob.post("/comments", json={"workflow": id, "text": "Late"})).status_code == 404
    assert (await bob.post(f"/comments/{thread}/replies", json={"text": "x"})).status_code == 201  # the other's
    assert (await ada.post(f"/workflows/{id}/undelete", json={})).status_code == 200
    assert await ends(either, id) == {kind: {None} for kind in gone}
    assert (await ada.get("/comments/counts", params={"workflow": id})).json()["open"] == 3
    steps = (await ada.get(f"/workflows/{id}/draft/steps")).json()
    assert steps == {"undo": 0, "redo": 0}


async def test_an_interrupted_deletion_is_gone_on_with(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await api.signed_in(Role.ADMIN)
    id = await made(ada)
    await ada.post("/comments", json={"workflow": id, "text": id})

    async def killed(self: Endings, workspace: str, workflow: str) -> None:
        """As where the process is gone."""

    with monkeypatch.context() as patched:
        patched.setattr(Endings, "finish", killed)
        assert (await ada.delete(f"/workflows/{id}")).status_code == 204
    assert (await ends(api, id))["comment"] == {None}
    await api.platform.workflows.endings.resume(api.platform.operation.workspaces)
    found = await ends(api, id)
    assert "workflow_ending" not in found
    assert None not in found["comment"]
    await api.platform.workflows.endings.resume(api.platform.operation.workspaces)


async def test_comments_at_the_moment_of_deletion_leave_nothing(either: Api) -> None:
    ada = await either.signed_in(Role.ADMIN)
    for _ in range(3):
        id = await made(ada)
        writing = [ada.post("/comments", json={"workflow": id, "text": id}) for _ in range(6)]
        reading = [ada.post("/comments/read", json={"workflow": id}) for _ in range(3)]
        answers = await asyncio.gather(*writing[:3], ada.delete(f"/workflows/{id}"), *writing[3:], *reading)
        assert answers[3].status_code == 204
        assert {one.status_code for one in answers} <= {201, 204, 404, 412}
        await either.platform.workflows.endings.resume(either.platform.operation.workspaces)
        found = await ends(either, id)
        assert all(None not in one for one in found.values()), found
