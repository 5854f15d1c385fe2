"""Comments on workflows, versions and nodes."""

from __future__ import annotations

from studio.domain.access import Role
from studio.services.notices.model import Shelf as NoticeShelf
from tests.server.editing.test_editing import made, send
from tests.server.kit import Api


async def test_a_thread_from_question_to_resolution(either: Api) -> None:
    ada = await either.signed_in(Role.EDITOR, name="Ada")
    viewer = await either.account(Role.VIEWER, name="Vi")
    vi = either.client(await either.token(viewer))
    id = await made(ada)
    begun = await ada.post("/comments", json={"workflow": id, "node": "greet", "text": f"Why, @{viewer.id}?"})
    assert begun.status_code == 201, begun.text
    thread = begun.json()
    assert (thread["node"], thread["detached"], thread["unread"]) == ("greet", False, 0)
    # Who is mentioned is told by the notices, which stand there together with the comment.
    (told,) = await NoticeShelf(either.platform.ports.records).notices.all("default")
    assert (told.value.kind, told.value.to, told.value.name) == ("mention", [viewer.id], "Greeting")
    assert told.value.facts["by"] == "Ada"
    (listed,) = (await vi.get("/comments", params={"workflow": id, "unread": True})).json()["items"]
    assert (listed["unread"], listed["comments"][0]["mentions"]) == (1, [viewer.id])
    replied = await vi.post(f"/comments/{thread['id']}/replies", json={"text": "Because."})
    assert replied.status_code == 201, replied.text
    assert (await vi.post("/comments/read", json={"workflow": id})).status_code == 204
    assert (await vi.get("/comments/counts", params={"workflow": id})).json()["unread"] == 0
    counts = (await ada.get("/comments/counts", params={"workflow": id})).json()
    assert counts == {"open": 1, "resolved": 0, "unread": 1, "nodes": {"greet": 1}}
    assert (await ada.post(f"/comments/{thread['id']}/resolve", json={})).json()["resolved"] is True
    assert (await ada.get("/comments", params={"workflow": id, "state": "open"})).json()["items"] == []
    assert (await vi.post(f"/comments/{thread['id']}/reopen", json={})).json()["resolved"] is False


async def test_own_comments_are_edited_and_deleted(either: Api) -> None:
    ada, bob = await either.signed_in(Role.EDITOR), await either.signed_in(Role.EDITOR)
    admin = await either.signed_in(Role.ADMIN)
    id = await made(ada)
    thread = (await ada.post("/comments", json={"workflow": id, "text": "One"})).json()["id"]
    await bob.post(f"/comments/{thread}/replies", json={"text": "Two"})
    path = f"/comments/{thread}/replies/1"
    assert (await bob.patch(path, json={"text": "x"})).json()["code"] == "comment.not_yours"
    assert (await bob.delete(path)).json()["code"] == "comment.not_yours_to_delete"
    edited = await ada.patch(path, json={"text": "Uno"}, headers={"if-match": '"1"'})
    assert (edited.json()["comments"][0]["text"], edited.json()["comments"][0]["revision"]) == ("Uno", 2)
    late = await ada.patch(path, json={"text": "Eins"}, headers={"if-match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "record.changed")
    gone = (await ada.delete(path)).json()["comments"]
    assert [(one["text"], one["deleted"]) for one in gone] == [(None, True), ("Two", False)]
    assert (await admin.delete(f"/comments/{thread}/replies/2")).status_code == 200
    assert (await ada.patch(path, json={"text": "again"})).status_code == 404


async def test_threads_follow_nodes_and_stay_when_they_go(either: Api) -> None:
    ada = await either.signed_in(Role.EDITOR)
    id = await made(ada)
    thread = (await ada.post("/comments", json={"workflow": id, "node": "greet", "text": "Here"})).json()["id"]
    assert (await send(ada, id, 1, {"op": "rename_node", "node": "greet", "to": "hello"})).status_code == 200
    shown = (await ada.get(f"/comments/{thread}")).json()
    assert (shown["node"], shown["detached"]) == ("hello", False)
    assert (await send(ada, id, 2, {"op": "remove_node", "node": "hello"})).status_code == 200
    assert (await ada.get(f"/comments/{thread}")).json()["detached"] is True
    assert (await ada.post(f"/workflows/{id}/draft/undo", json={})).status_code == 200
    assert (await ada.get(f"/comments/{thread}")).json()["detached"] is False
    found = (await ada.get("/comments", params={"workflow": id, "node": "hello"})).json()["items"]
    assert [one["id"] for one in found] == [thread]


async def test_who_may_and_who_may_not(either: Api) -> None:
    ada = await either.signed_in(Role.EDITOR)
    vi = await either.signed_in(Role.VIEWER)
    service = await either.signed_in(Role.SERVICE)
    stranger_account = await either.account(Role.ADMIN, "other")
    stranger = either.client(await either.token(stranger_account))
    id = await made(ada)
    thread = (await vi.post("/comments", json={"workflow": id, "text": "A viewer may"})).json()["id"]
    assert (await ada.get(f"/comments/{thread}")).status_code == 200
    assert (await service.get(f"/comments/{thread}")).status_code == 403
    assert (await stranger.get(f"/comments/{thread}")).status_code == 404
    assert (await stranger.get("/comments", params={"workflow": id})).status_code == 404
    assert (await stranger.post("/comments", json={"workflow": id, "text": "x"})).status_code == 404
    assert (await stranger.post(f"/comments/{thread}/replies", json={"text": "x"})).status_code == 404
    mention = await ada.post("/comments", json={"workflow": id, "text": f"@{stranger_account.id}"})
    assert (mention.status_code, mention.json()["code"]) == (422, "comment.mention")
    version = await ada.post("/comments", json={"workflow": id, "version": 9, "text": "x"})
    assert version.json()["code"] == "workflow.version_not_found"
    assert (await ada.post("/comments", json={"workflow": id, "text": " \n "})).json()["code"] == "comment.text"


async def test_pages_of_threads(either: Api) -> None:
    ada = await either.signed_in(Role.EDITOR)
    id = await made(ada)
    begun = [
        (await ada.post("/comments", json={"workflow": id, "text": f"{one}", **({"node": "greet"} if one % 2 else {})}))
        .json()["id"]
        for one in range(7)
    ]  # fmt: skip
    for params, wanted in (({}, begun[::-1]), ({"node": "greet"}, begun[1::2][::-1])):
        seen: list[str] = []
        cursor: str | None = None
        for _ in range(9):
            page = (
                await ada.get(
                    "/comments", params={"workflow": id, "limit": 2, **params, **({"cursor": cursor} if cursor else {})}
                )
            ).json()
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == wanted
