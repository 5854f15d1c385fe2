"""How many requests are answered, by caller, and how many at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from studio.domain.access import Role
from studio.domain.settings import ServerSettings
from studio.server.middleware.limits import Limits
from studio.services.gateway.buckets import Buckets
from tests.server.executions.test_executions import WAITS, published
from tests.server.gateway.test_keys import make
from tests.server.kit import running_api


def limited(requests_per_minute: int = 6, requests_in_flight: int = 0) -> ServerSettings:
    """Settings with limits."""
    return ServerSettings(port=0, requests_per_minute=requests_per_minute, requests_in_flight=requests_in_flight)


def test_a_bucket_fills_evenly_and_never_beyond_its_size() -> None:
    now = [100.0]
    buckets = Buckets(lambda: now[0])
    taken = [buckets.take("a", 60).taken for _ in range(61)]
    assert taken == [True] * 60 + [False]
    refused = buckets.take("a", 60)
    assert (refused.remaining, refused.reset, refused.retry_after) == (0, 60, 1.0)
    assert buckets.take("b", 60).remaining == 59
    now[0] += 1.5
    assert [buckets.take("a", 60).taken for _ in range(2)] == [True, False]
    now[0] += 10_000
    assert buckets.take("a", 60).remaining == 59
    assert buckets.take("a", 60, -5.0).remaining == 60


def test_buckets_are_bounded() -> None:
    buckets = Buckets(most=100)
    for number in range(1000):
        buckets.take(number, 60)
    assert sum(buckets.knows(number) for number in range(1000)) == 100
    assert buckets.knows(999)


async def test_each_session_and_key_has_its_own_and_is_told(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited()) as api:
        one, two = await api.signed_in(Role.EDITOR), await api.signed_in(Role.EDITOR)
        first = await one.get("/workflows")
        assert first.headers["ratelimit-limit"] == "6"
        answers = [await one.get("/workflows") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        left = [int(answer.headers["ratelimit-remaining"]) for answer in answers]
        assert left == sorted(left, reverse=True)
        assert left[-1] == 0
        refused = answers[-1]
        assert refused.json()["code"] == "request.too_many"
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        assert 0 < int(refused.headers["ratelimit-reset"]) <= 60
        assert (await two.get("/workflows")).status_code == 200
        key = await make(two)
        assert (await api.client(key["secret"]).get("/workflows")).status_code == 200


async def test_invented_tokens_gain_nothing(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited()) as api:
        known = await api.signed_in(Role.VIEWER)
        assert (await known.get("/workflows")).status_code == 200
        guesses = [(await api.client(f"guess{number}").get("/workflows")).status_code for number in range(9)]
        assert guesses == [401] * 6 + [429] * 3
        cookies = [
            (await api.client(cookie=f"studio_session=guess{number}").get("/setup")).status_code for number in range(3)
        ]
        assert cookies == [429] * 3
        assert (await api.client().get("/setup")).status_code == 429
        # Who is known already is not kept out by what others do from the same address.
        assert (await known.get("/workflows")).status_code == 200


async def test_files_of_the_interface_are_hardly_counted(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited()) as api:
        client = api.client()
        base = str(client.base_url).partition("/api/")[0]
        files = [(await client.get(f"{base}/assets/none-{number}.js")).status_code for number in range(60)]
        assert files == [404] * 60
        assert (await client.get("/setup")).status_code == 200
        more = [(await client.get(f"{base}/assets/none.js")).status_code for number in range(100)]
        assert more[-1] == 429


async def test_cookies_that_nobody_has_are_their_addresss(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited()) as api:
        statuses = [
            (await api.client(cookie=f"studio_session=x{number}").get("/setup")).status_code for number in range(8)
        ]
        assert statuses == [200] * 6 + [429] * 2


async def test_the_quota_of_a_key_is_told_where_it_is_nearer(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited(requests_per_minute=100)) as api:
        person = await api.signed_in(Role.EDITOR)
        client = api.client((await make(person, requests_per_minute=3))["secret"])
        answer = await client.get("/workflows")
        assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("3", "2")
        assert (await person.get("/workflows")).headers["ratelimit-limit"] == "100"


async def test_too_many_at_once_are_refused_before_any_work(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", settings=limited(requests_per_minute=0, requests_in_flight=3)) as api:
        person = await api.signed_in(Role.EDITOR)
        await published(person, WAITS, "waits")
        waiting = [asyncio.create_task(person.post("/run/waits", params={"wait": 2})) for _ in range(3)]
        await asyncio.sleep(0.7)
        refused = await person.post("/run/waits", params={"wait": 0})
        assert (refused.status_code, refused.json()["code"]) == (503, "execution.overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        assert [one.status_code for one in await asyncio.gather(*waiting)] == [202] * 3
        assert len((await person.get("/executions")).json()["items"]) == 3


async def test_what_streams_counts_until_its_answer_begins() -> None:
    go_on = asyncio.Event()

    async def streaming(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go_on.wait()

    limits = Limits(streaming, ServerSettings(requests_per_minute=0, requests_in_flight=1))
    sent: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope: dict[str, Any] = {"type": "http", "headers": [], "method": "GET", "path": "/"}
    scopes: list[dict[str, Any]] = [{**scope, "state": {}} for _ in range(3)]
    calls = [asyncio.create_task(limits(scope, receive, send)) for scope in scopes]
    await asyncio.sleep(0.05)
    assert sent == [200, 200, 200]
    go_on.set()
    await asyncio.gather(*calls)
