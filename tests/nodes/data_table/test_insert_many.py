"""data_table.insert_many."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE
from studio.nodes.data_table.insert_many import InsertMany
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(InsertMany)


async def test_longer_lists_are_added_in_turns_and_once() -> None:
    rows = [{"mail": f"{n}@x"} for n in range(2100)]
    with NodeTester(InsertMany) as tester:
        given = {"table": "people", "rows": rows}
        first = await tester.run(given, tables={"people": {"columns": PEOPLE["columns"]}})
        again = await tester.run(given, tables={}, recovering=True)
    assert first.output is not None
    assert again.output is not None
    assert list(first.output["ids"]) == list(again.output["ids"])
    assert len(set(first.output["ids"])) == first.output["count"] == 2100


async def test_what_is_no_object_is_named() -> None:
    with NodeTester(InsertMany) as tester:
        result = await tester.run({"table": "people", "rows": [{}, 5]}, tables={"people": PEOPLE})
    assert result.error is not None
    assert result.error.message == "Item 1 is no object."
    assert len(result.tables["people"]) == 2
