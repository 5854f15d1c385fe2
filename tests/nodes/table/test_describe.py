"""table.describe."""

from __future__ import annotations

from studio.nodes.table.describe import Describe


async def test_examples(examples) -> None:
    await examples(Describe)


async def test_kinds_of_columns(run) -> None:
    out = await run(
        Describe, table=[{"l": [1], "e": None, "b": True}, {"l": [2], "e": None, "b": False}], most_frequent=0
    )
    by_name = {column["name"]: column for column in out["columns"]}
    assert set(by_name["l"]) == {"name", "type", "nulls"}
    assert by_name["e"]["nulls"] == 2
    assert (by_name["b"]["min"], by_name["b"]["max"], by_name["b"]["unique"]) == (False, True, 2)
