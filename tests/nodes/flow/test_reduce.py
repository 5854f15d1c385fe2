"""flow.reduce."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.reduce import Reduce


async def test_examples(examples) -> None:
    await examples(Reduce)


async def test_acc_cannot_name_the_item() -> None:
    with pytest.raises(ValidationError):
        Reduce.input_model.model_validate({"items": [], "as": "acc"})
