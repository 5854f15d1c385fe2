"""list.range."""

from __future__ import annotations

import pytest

from studio.nodes.list.range import Range


async def test_examples(examples) -> None:
    await examples(Range)


async def test_tenths_do_not_drift(run) -> None:
    items = (await run(Range, start=0, stop=1, step=0.1))["items"]
    assert items == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert (await run(Range, start=1, stop=0, step=-0.5))["items"] == [1.0, 0.5]


@pytest.mark.parametrize(
    "params", [{"stop": 10, "step": 0}, {"stop": 2**53}, {"stop": 1, "step": 1e-300}, {"stop": "x"}]
)
async def test_bounds(fails, params) -> None:
    await fails("node.param_invalid", Range, **params)
