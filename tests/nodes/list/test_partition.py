"""list.partition."""

from __future__ import annotations

from studio.nodes.list.partition import Partition


async def test_examples(examples) -> None:
    await examples(Partition)


async def test_order_is_kept(run, fails) -> None:
    out = await run(Partition, items=list(range(6)), where="{{ item % 3 == 0 }}")
    assert out == {"matching": [0, 3], "rest": [1, 2, 4, 5]}
    await fails("list.not_a_condition", Partition, items=[1], where="{{ item }}")
