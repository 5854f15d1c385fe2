"""table.read_parquet."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
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


def varint(number: int, length: int = 1) -> bytes:
    """A number as Parquet's footer writes it, in ``length`` bytes or more."""
    parts = max(length, (number.bit_length() + 6) // 7)
    return bytes((number >> 7 * at) & 127 | (128 if at < parts - 1 else 0) for at in range(parts))


def lying(frame: pl.DataFrame, folder: Path) -> bytes:
    """A file whose footer says that its columns take one byte once they are unpacked."""
    made = io.BytesIO()
    frame.write_parquet(made, compression="zstd", statistics=False)
    content = made.getvalue()
    (folder / "true.parquet").write_bytes(content)
    ask = "SELECT total_uncompressed_size FROM parquet_metadata(?)"
    at = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    footer = content[at:]
    for (size,) in duckdb.execute(ask, [str(folder / "true.parquet")]).fetchall():
        true = varint(2 * size)
        footer = footer.replace(true, varint(2, len(true)))
    (folder / "lying.parquet").write_bytes(content[:at] + footer)
    assert duckdb.execute(ask, [str(folder / "lying.parquet")]).fetchone() == (1,)
    return content[:at] + footer


async def test_a_file_that_lies_about_its_size_is_left_before_it_fills_the_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(read_parquet, "_BESIDE_MB", 200)
    content = lying(pl.DataFrame({"a": ["x" * 3_000_000 + str(n) for n in range(120)]}), tmp_path)
    assert len(content) < 100_000
    with NodeTester(ReadParquet) as tester:
        refused = await tester.run({"path": "a"}, files={"a": content})
        trusted = await tester.run({"path": "a", "memory_mb": 2000})
    assert refused.error.code == "table.parquet_needs_memory"
    assert trusted.output["rows"] == 120
