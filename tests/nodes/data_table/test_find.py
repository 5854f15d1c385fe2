"""data_table.find."""

from __future__ import annotations

import pytest

from studio.domain.errors import StudioError
from studio.nodes.data_table._table import PEOPLE
from studio.nodes.data_table.find import Find
from studio.sdk import Options, list_options
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Find)


async def test_tables_and_columns_are_listed() -> None:
    with NodeTester(Find) as tester:
        context = tester._context()
        try:
            await context.open_tables({"people": PEOPLE, "pets": {"columns": [{"name": "name"}]}})
            tables = await list_options(Find(), "table", Options(search="PE"), context)
            assert [one.value for one in tables.options] == ["people", "pets"]
            columns = await list_options(Find(), "sort", Options(params={"table": "people"}), context)
            assert [(one.value, one.label) for one in columns.options] == [
                ("mail", "mail (text)"),
                ("age", "age (integer)"),
            ]
            with pytest.raises(StudioError):
                await list_options(Find(), "sort", Options(), context)
        finally:
            await context.close()


async def test_long_lists_come_in_pages() -> None:
    rows = [{"n": n} for n in range(1500)]
    with NodeTester(Find) as tester:
        table = {"columns": [{"name": "n", "type": "integer"}], "rows": rows[:1000]}
        await tester.run({"table": "t", "limit": 1}, tables={"t": table})
        more = {"columns": table["columns"], "rows": rows[1000:]}
        found = await tester.run({"table": "u", "limit": 400, "sort": "n", "descending": True}, tables={"u": more})
    assert found.output is not None
    assert [row["n"] for row in found.output["rows"]] == list(range(1499, 1099, -1))
