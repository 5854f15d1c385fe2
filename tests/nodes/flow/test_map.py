"""flow.map."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from studio.nodes.flow.map import Map


async def test_examples(examples) -> None:
    await examples(Map)


@pytest.mark.parametrize("name", ["item", "quake", "a_1"])
async def test_names_for_the_item(name) -> None:
    assert Map.input_model.model_validate({"items": [], "as": name}).as_ == name


@pytest.mark.parametrize("name", ["", "Item", "for", "acc", "inputs", "a-b", "1a", "x" * 65])
async def test_words_that_cannot_name_the_item(name) -> None:
    with pytest.raises(ValidationError):
        Map.input_model.model_validate({"items": [], "as": name})


@pytest.mark.parametrize("params", [{"concurrency": 0}, {"concurrency": 1001}, {"on_item_error": "x"}, {"items": "ab"}])
async def test_bounds(params) -> None:
    with pytest.raises(ValidationError):
        Map.input_model.model_validate({"items": [], **params})
