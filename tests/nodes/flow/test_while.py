"""flow.while."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.while_ import While


async def test_examples(examples) -> None:
    await examples(While)


@pytest.mark.parametrize("params", [{}, {"max": 0}, {"max": 10**9 + 1}, {"max": 1, "on_max": "go"}])
async def test_a_bound_is_needed(params) -> None:
    with pytest.raises(ValidationError):
        While.input_model.model_validate(params)


def test_the_condition_is_left_to_the_engine() -> None:
    assert While.raw_params == ("condition",)
    assert While.input_model.model_validate({"max": 1}).condition is True
