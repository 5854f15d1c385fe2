"""flow.call."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.call import Call


async def test_examples(examples) -> None:
    await examples(Call)


async def test_refusals() -> None:
    for params in ({}, {"workflow": ""}, {"workflow": "a", "on_parent_end": "kill"}, {"workflow": "a", "inputs": []}):
        with pytest.raises(ValidationError):
            Call.input_model.model_validate(params)
