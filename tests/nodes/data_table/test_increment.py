"""data_table.increment."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE
from studio.nodes.data_table.increment import Increment
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Increment)


async def test_a_rerun_adds_nothing() -> None:
    with NodeTester(Increment) as tester:
        given = {"table": "people", "all_rows": True, "column": "age", "by": 10}
        await tester.run(given, tables={"people": PEOPLE})
        again = await tester.run(given, tables={}, recovering=True)
    assert again.output == {"count": 2}
    assert [row["age"] for row in again.tables["people"]] == [46, 51]
