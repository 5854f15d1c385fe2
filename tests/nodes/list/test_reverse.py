"""list.reverse."""

from __future__ import annotations

from studio.nodes.list.reverse import Reverse


async def test_examples(examples) -> None:
    await examples(Reverse)


async def test_the_input_stays(run) -> None:
    items = [1, 2]
    assert (await run(Reverse, items="{{ items }}", scope={"items": items}))["items"] == [2, 1]
    assert items == [1, 2]
