"""flow.counter."""

from __future__ import annotations

import pytest

from studio.nodes.flow.counter import Counter
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Counter)


async def test_it_counts_on() -> None:
    with NodeTester(Counter) as tester:
        first = await tester.run({})
        second = await tester.run({"step": 5}, state=first.state)
    assert second.output == {"count": 6}


@pytest.mark.parametrize("state", ["7", True, [1], 2.5])
async def test_foreign_state_is_refused(state) -> None:
    with NodeTester(Counter) as tester:
        result = await tester.run({}, state=state)
    assert result.error is not None
    assert result.error.code == "flow.counter_state"
    assert result.state == state


async def test_the_range_ends() -> None:
    with NodeTester(Counter) as tester:
        result = await tester.run({}, state=2**63 - 1)
    assert result.error is not None
    assert result.error.code == "flow.counter_full"
