"""list.slice."""

from __future__ import annotations

from studio.nodes.list.slice import Slice


async def test_examples(examples) -> None:
    await examples(Slice)


async def test_like_python(run) -> None:
    items = list(range(250))
    for start, stop in ((0, None), (-3, None), (10, 5), (240, 999), (-999, 2)):
        assert (await run(Slice, items=items, start=start, stop=stop))["items"] == items[start:stop]
