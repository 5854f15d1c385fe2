"""list.take."""

from __future__ import annotations

from studio.nodes.list.take import Take


async def test_examples(examples) -> None:
    await examples(Take)


async def test_edges(run, fails) -> None:
    assert (await run(Take, items=[1, 2], count=0))["items"] == []
    assert (await run(Take, items=[1, 2], count=0, **{"from": "end"}))["items"] == []
    await fails("node.param_invalid", Take, items=[1], count=-1)
