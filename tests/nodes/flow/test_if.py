"""flow.if."""

from __future__ import annotations

import pytest

from studio.nodes.flow.if_ import If


async def test_examples(examples) -> None:
    await examples(If)


@pytest.mark.parametrize("value", [0, 1, "", "true", None, [], [1], {}, 0.0])
async def test_only_truth_values_count(fails, value) -> None:
    error = await fails("flow.not_a_condition", If, condition=value)
    assert "true or false" in error.message


async def test_the_value_is_named(fails) -> None:
    assert "'yes'" in (await fails("flow.not_a_condition", If, condition="yes")).message
