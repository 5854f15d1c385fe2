"""flow.try."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.try_ import Try


async def test_examples(examples) -> None:
    await examples(Try)


async def test_it_takes_no_params() -> None:
    with pytest.raises(ValidationError):
        Try.input_model.model_validate({"retry": 1})
