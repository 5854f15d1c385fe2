"""Who is mentioned in a comment is told: by mail and webhook, with all else that waits, as long as they may see it."""

from __future__ import annotations

from pathlib import Path

import orjson

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services.people.model import member_id
from tests.server.editing.test_editing import made
from tests.server.kit import Api
from tests.server.operation.test_notices import Box, Hook, box, hook, noticed, noticing_api, owner_of

__all__ = ["box", "hook", "noticed"]


async def test_a_mention_is_told_in_one_letter_with_the_others(noticed: Api, box: Box) -> None:
    ada = await owner_of(noticed)
    id = await made(ada)
    bob = await noticed.account(Role.VIEWER, email="bob@example.org", lang="fr")
    eve = await noticed.account(Role.VIEWER, email="eve@example.org")
    text = f"Look @{bob.id}, and @{eve.id} too"
    thread = (await ada.post("/comments", json={"workflow": id, "text": text})).json()["id"]
    await ada.post(f"/comments/{thread}/replies", json={"text": f"@{bob.id} again"})
    # Whoever writes is not told of it, and who is mentioned already is not told again by a change.
    me = (await ada.get("/profile")).json()["id"]
    await ada.post(f"/comments/{thread}/replies", json={"text": f"@{me}"})
    await ada.patch(f"/comments/{thread}/replies/1", json={"text": f"{text}!"})
    await noticed.platform.notices.tick()
    assert sorted(to for to, _ in box.texts) == ["bob@example.org", "eve@example.org"]
    letters = dict(box.texts)
    assert letters["bob@example.org"].count(f"https://studio.example.org/workflows/{id}?thread={thread}") == 2
    assert "vous mentionne" in letters["bob@example.org"]
    assert "mentions you in a comment on Greeting." in letters["eve@example.org"]
    await noticed.platform.notices.tick()
    assert len(box.letters) == 2


async def test_who_may_not_see_it_any_more_is_not_told(tmp_path: Path, box: Box, hook: Hook) -> None:
    async with noticing_api(tmp_path / "data", box) as api:
        ada = await owner_of(api)
        assert (await ada.put("/notices/settings", json={"wait": 0, "webhook": hook.url})).status_code == 200
        id = await made(ada)
        people = [await api.account(Role.VIEWER, email=f"{name}@example.org") for name in ("a", "b", "c", "d")]
        gone, deleted, unwilling, told = people
        thread = (await ada.post("/comments", json={"workflow": id, "text": f"@{gone.id} @{told.id}"})).json()["id"]
        await ada.post(f"/comments/{thread}/replies", json={"text": f"@{deleted.id}"})
        await ada.delete(f"/comments/{thread}/replies/2")
        await ada.post(f"/comments/{thread}/replies", json={"text": f"@{unwilling.id}"})
        quiet = api.client(await api.token(unwilling))
        assert (await quiet.put("/notices/own", json={"kinds": ["failure"]})).status_code == 200
        await api.platform.people.records.commit(
            [api.platform.people.members.drop(INSTANCE, member_id("default", gone.id))]
        )
        await api.platform.notices.tick()
        assert [to for to, _ in box.texts] == ["d@example.org"]
        ((_, body),) = hook.requests
        notices = orjson.loads(body)["notices"]
        assert [(one["kind"], one["subject"], one["facts"]["thread"]) for one in notices] == [
            ("mention", id, thread)
        ] * 2  # fmt: skip
        assert (await ada.put("/notices/settings", json={"wait": 0, "kinds": ["failure"]})).status_code == 200
        await ada.post(f"/comments/{thread}/replies", json={"text": f"@{told.id}"})
        await api.platform.notices.tick()
        assert len(box.letters) == 1
