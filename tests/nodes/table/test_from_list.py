"""table.from_list."""

from __future__ import annotations

import pytest

from studio.domain.errors import UserError
from studio.nodes.table._records import FrameBuilder
from studio.nodes.table.from_list import FromList


async def test_examples(examples) -> None:
    await examples(FromList)


async def test_batches_widen_each_other() -> None:
    builder = FrameBuilder()
    builder.add([{"a": 1}, {"a": 2}])
    builder.add([{"a": 0.5, "b": "é"}])
    builder.add([])
    assert builder.finish().to_dicts() == [{"a": 1.0, "b": None}, {"a": 2.0, "b": None}, {"a": 0.5, "b": "é"}]


def test_batches_that_do_not_go_together() -> None:
    builder = FrameBuilder()
    builder.add([{"a": 1}])
    builder.add([{"a": [1]}])
    with pytest.raises(UserError) as caught:
        builder.finish()
    assert caught.value.code == "table.mixed_columns"


@pytest.mark.parametrize("value", [[1, "x"], [{"a": 1}, {"a": "x"}]])
async def test_values_that_fit_no_column(fails, value) -> None:
    await fails("table.mixed_column_inside", FromList, items=[{"a": value}])


async def test_whole_numbers_beyond_64_bits(fails) -> None:
    await fails("table.beyond_64_bits", FromList, items=[{"a": 1}, {"a": 2**63}])


async def test_records_without_columns(run) -> None:
    assert (await run(FromList, items=[{}, {}]))["rows"] == 2
