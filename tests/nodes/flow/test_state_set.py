"""flow.state_set."""

from __future__ import annotations

from studio.nodes.flow.state_set import StateSet
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(StateSet)


async def test_the_last_value_comes_back() -> None:
    with NodeTester(StateSet) as tester:
        first = await tester.run({"value": [1], "initial": 0})
        second = await tester.run({"value": 2, "initial": 0}, state=first.state)
    assert (first.output["previous"], first.state) == (0, [1])
    assert (second.output["previous"], second.state) == ([1], 2)
