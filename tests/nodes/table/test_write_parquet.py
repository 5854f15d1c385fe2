"""table.write_parquet."""

from __future__ import annotations

from studio.nodes.table.write_parquet import WriteParquet


async def test_examples(examples) -> None:
    await examples(WriteParquet)
