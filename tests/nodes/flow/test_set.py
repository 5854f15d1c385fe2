"""flow.set."""

from __future__ import annotations

from studio.nodes.flow.set import Set


async def test_examples(examples) -> None:
    await examples(Set)


async def test_values_must_be_an_object(fails) -> None:
    await fails("node.param_invalid", Set, values=[1])
    await fails("node.param_missing", Set)
