"""table.cast."""

from __future__ import annotations

import io

import polars as pl

from studio.nodes.table.cast import Cast
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Cast)


async def test_dates_and_times_both_ways() -> None:
    rows = [{"d": "2026-01-31", "t": "2026-01-31 10:20:30", "b": "no", "c": "x", "w": "10:20:30"}]
    types = {"d": "date", "t": "datetime", "b": "boolean", "c": "category", "w": "time"}
    with NodeTester(Cast) as tester:
        result = await tester.run({"table": rows, "types": types})
        assert result.error is None, result.error.message
        again = await tester.run(
            {"table": "{{ t }}", "types": {"d": "text"}, "formats": {"d": "%d.%m."}},
            scope={"t": result.output["table"]},
        )
        frame = pl.read_ipc(io.BytesIO(tester.content(again.output["table"])))
    assert frame["d"].to_list() == ["31.01."]
    assert frame["b"].to_list() == [False]


async def test_what_does_not_fit(fails) -> None:
    await fails("table.refused", Cast, table=[{"a": "perhaps"}], types={"a": "boolean"})
    await fails("table.refused", Cast, table=[{"a": "31.31.2026"}], types={"a": "date"}, formats={"a": "%d.%m.%Y"})
    await fails("table.unknown_column", Cast, table=[{"a": "1"}], types={"b": "date"})
