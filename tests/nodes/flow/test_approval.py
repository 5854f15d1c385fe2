"""flow.approval."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.approval import Approval


async def test_examples(examples) -> None:
    await examples(Approval)


@pytest.mark.parametrize(
    "params",
    [
        {"choices": []},
        {"choices": ["a", "a"]},
        {"choices": [" "]},
        {"timeout": "soon"},
        {"on_timeout": "x"},
        {"choices": ["a"], "on_timeout": "approve"},
    ],
)
async def test_refusals(params) -> None:
    with pytest.raises(ValidationError):
        Approval.input_model.model_validate({"message": "?", **params})


def test_defaults() -> None:
    model = Approval.input_model.model_validate({"message": "?"})
    assert model.choices == ["approve", "reject"]
    assert model.choices is not Approval.input_model.model_validate({"message": "?"}).choices
