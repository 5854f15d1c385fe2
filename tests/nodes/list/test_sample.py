"""list.sample."""

from __future__ import annotations

from studio.nodes.list.sample import Sample


async def test_examples(examples) -> None:
    await examples(Sample)


async def test_seeds(run) -> None:
    items = list(range(1_000))
    one = (await run(Sample, items=items, count=10, seed="a"))["items"]
    assert one == (await run(Sample, items=items, count=10, seed="a"))["items"]
    assert one != (await run(Sample, items=items, count=10, seed="b"))["items"]
    assert one == sorted(set(one))
    assert len(one) == 10
