"""table.read_parquet."""

from __future__ import annotations

import io

import polars as pl

from studio.nodes.table import read_parquet
from studio.nodes.table.read_parquet import ReadParquet
from studio.nodes.table.write_parquet import WriteParquet
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ReadParquet)


async def test_what_was_written_comes_back() -> None:
    with NodeTester(WriteParquet) as writer:
        await writer.run({"table": [{"a": 1, "b": "é"}, {"a": None, "b": ""}], "path": "a.parquet"})
        content = (writer.files / "a.parquet").read_bytes()
    with NodeTester(ReadParquet) as tester:
        whole = await tester.run({"path": "a.parquet"}, files={"a.parquet": content})
        part = await tester.run({"file": "{{ f }}", "columns": "b"}, scope={"f": tester.file(content, "a")})
        other = await tester.run({"path": "a.parquet", "columns": "c"})
    assert whole.output["columns"] == ["a", "b"]
    assert part.output["columns"] == ["b"]
    assert part.output["rows"] == 2
    assert other.error.code == "table.unknown_column"


async def test_more_values_than_fit_are_refused_before_they_are_read(monkeypatch) -> None:
    monkeypatch.setattr(read_parquet, "MOST_VALUES", 1000)
    made = io.BytesIO()
    pl.DataFrame({"a": range(501), "b": range(501)}).write_parquet(made)
    with NodeTester(ReadParquet) as tester:
        whole = await tester.run({"path": "a"}, files={"a": made.getvalue()})
        part = await tester.run({"path": "a", "columns": "b"})
    assert whole.error.code == "table.parquet_too_large"
    assert part.output["rows"] == 501


async def test_more_bytes_than_fit_are_refused_before_they_are_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(read_parquet, "MOST_BYTES", 100_000)
    made = io.BytesIO()
    frame = pl.DataFrame({"a": ["x" * 1000 + str(n) for n in range(500)], "b, c": range(500), "d": [[1, 2]] * 500})
    frame.write_parquet(made)
    assert len(made.getvalue()) < 100_000
    with NodeTester(ReadParquet) as tester:
        whole = await tester.run({"path": "a[1]"}, files={"a[1]": made.getvalue()})
        part = await tester.run({"path": "a[1]", "columns": ["b, c", "d"]})
    assert whole.error.code == "table.parquet_too_long"
    assert part.output["rows"] == 500
