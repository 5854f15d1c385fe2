"""list.chunk."""

from __future__ import annotations

from studio.nodes.list.chunk import Chunk


async def test_examples(examples) -> None:
    await examples(Chunk)


async def test_sizes(run, fails) -> None:
    assert (await run(Chunk, items=[1, 2], size=100))["chunks"] == [[1, 2]]
    await fails("node.param_invalid", Chunk, items=[1], size=0)
