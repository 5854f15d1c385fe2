"""flow.signal_wait."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.signal_wait import SignalWait


async def test_examples(examples) -> None:
    await examples(SignalWait)


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 201])
async def test_names(name) -> None:
    with pytest.raises(ValidationError):
        SignalWait.input_model.model_validate({"name": name})
