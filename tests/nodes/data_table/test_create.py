"""data_table.create."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE
from studio.nodes.data_table.create import Create
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Create)


async def test_columns_that_are_missing_are_added() -> None:
    with NodeTester(Create) as tester:
        result = await tester.run(
            {"name": "people", "columns": [{"name": "mail", "unique": True}, {"name": "left", "default": "x"}]},
            tables={"people": PEOPLE},
        )
    assert result.output == {"table": "people", "changed": True}
    assert [row["left"] for row in result.tables["people"]] == ["x", "x"]


async def test_a_column_that_makes_no_sense_is_named() -> None:
    with NodeTester(Create) as tester:
        result = await tester.run({"name": "t", "columns": [{"name": "id"}]}, tables={})
    assert result.error is not None
    assert result.error.code == "data_table.reserved"
