"""flow.merge."""

from __future__ import annotations

from studio.nodes.flow.merge import Merge


async def test_examples(examples) -> None:
    await examples(Merge)


async def test_one_is_needed(fails) -> None:
    await fails("node.param_invalid", Merge, values=[])
