"""table.fill_null."""

from __future__ import annotations

import io

import polars as pl

from studio.nodes.table.fill_null import FillNull
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(FillNull)


async def test_strategies(run) -> None:
    with NodeTester(FillNull) as tester:
        rows = [{"a": None, "b": None, "c": "x"}, {"a": 2.0, "b": 4, "c": None}]
        mean = await tester.run({"table": rows, "strategy": "mean"})
        part = await tester.run({"table": rows, "strategy": "backward", "columns": "a", "values": {"b": 0.5}})
        empty = await tester.run({"table": [{"a": None}], "values": {"a": "é"}})
        frames = [pl.read_ipc(io.BytesIO(tester.content(one.output["table"]))) for one in (mean, part, empty)]
    assert frames[0].rows() == [(2.0, 4, "x"), (2.0, 4, None)]
    assert frames[1].rows() == [(2.0, 0.5, "x"), (2.0, 4.0, None)]
    assert frames[2].rows() == [("é",)]
