"""list.concat."""

from __future__ import annotations

from studio.nodes.list.concat import Concat


async def test_examples(examples) -> None:
    await examples(Concat)


async def test_many_and_none(run) -> None:
    assert (await run(Concat, lists=[]))["items"] == []
    assert len((await run(Concat, lists=[list(range(200)), None, list(range(100))]))["items"]) == 300
