"""flow.stop."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.stop import Stop


async def test_examples(examples) -> None:
    await examples(Stop)


async def test_statuses() -> None:
    with pytest.raises(ValidationError):
        Stop.input_model.model_validate({"status": "cancelled"})
