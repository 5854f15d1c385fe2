"""Lists of executions: filters together, page by page."""

from __future__ import annotations

from datetime import UTC, datetime

from studio.domain.access import Role
from tests.server.executions.test_again import BREAKS, STEPS
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api


async def test_filters_fit_together_and_pages_join(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await published(client, STEPS, "steps")
    await published(client, BREAKS, "breaks")
    before = datetime.now(UTC).isoformat()
    ids: list[str] = []
    for number in range(6):
        body = {"workflow": ("steps", "breaks")[number % 2], "tags": ["odd" if number % 2 else "even", "all"]}
        ids.append((await client.post("/executions", json=body)).json()["id"])
        await settled(client, ids[-1], "succeeded", "failed")
    steps, breaks = ids[4::-2], ids[5::-2]

    async def found(**params: object) -> list[str]:
        out: list[str] = []
        cursor: str | None = None
        while True:
            page = (
                await client.get("/executions", params={**params, "limit": 2, **({"cursor": cursor} if cursor else {})})
            ).json()
            out += [one["id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return out

    assert await found() == ids[::-1]
    assert await found(tag="all") == ids[::-1]
    assert await found(workflow="steps") == steps
    assert await found(tag="odd", status=["failed", "succeeded"]) == breaks
    assert await found(workflow="breaks", status="succeeded") == []
    assert await found(tag="even", status="succeeded", since=before) == steps
    assert await found(tag="all", until=before) == []
    assert await found(tag="none") == []
    head = {"workflow": ["steps", "breaks"], "count": 2}
    recent = (await client.get("/executions/recent", params=head)).json()["workflows"]
    assert sorted([one["id"] for one in each] for each in recent.values()) == sorted([steps[:2], breaks[:2]])
    assert (await client.get("/executions/recent", params={"workflow": ["steps", "nothing"]})).status_code == 404
    code = (await client.get(f"/executions/{breaks[0]}")).json()["error_code"]
    assert await found(error=code) == breaks
    dry = {"action": "replay", "dry": True, "filter": {"workflow": "breaks", "status": ["failed"], "since": before}}
    assert (await client.post("/executions/bulk", json=dry)).json()["count"] == 3
