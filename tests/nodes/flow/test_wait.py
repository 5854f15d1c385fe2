"""flow.wait."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.wait import Wait


async def test_examples(examples) -> None:
    await examples(Wait)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"seconds": 1, "until": "2026-01-01"},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": 1e12},
        {"until": "x"},
    ],
)
async def test_exactly_one_time(params) -> None:
    with pytest.raises(ValidationError):
        Wait.input_model.model_validate(params)


@pytest.mark.parametrize("until", ["2026-03-01", "2026-03-01T08:00:00Z", "2026-03-01T08:00:00+05:30"])
async def test_moments(until) -> None:
    assert Wait.input_model.model_validate({"until": until}).until == until
