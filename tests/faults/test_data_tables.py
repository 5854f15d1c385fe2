"""What nodes do to data tables happens once, wherever the process is killed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from studio.domain.ids import DEFAULT_WORKSPACE
from studio.domain.status import ExecutionStatus
from studio.services.tables.tables import TableStore
from studio.services.tables.using import ExecutionTables
from tests.faults.graphs import node
from tests.faults.harness import Process, until
from tests.faults.test_effects import workflow
from tests.faults.test_stale import Place, place

__all__ = ["place"]

ITEMS = 12


def changes() -> Any:
    """Rows added one by one and together, a number that grows, rows deleted: each of it could be seen twice."""
    added = node("data_table.insert", {"table": "seen", "values": {"n": "{{ item }}"}})
    counted = {
        "table": "total", "where": [{"column": "name", "value": "all"}], "column": "count", "by": "{{ item }}",
    }  # fmt: skip
    body = {"nodes": {"added": added, "counted": node("data_table.increment", counted)}, "edges": ["added -> counted"]}
    many = {"table": "seen", "rows": "{{ [{'n': 100 + i} for i in range(1500)] }}"}
    low = {"table": "seen", "where": [{"column": "n", "op": "lt", "value": 4}]}
    nodes = {
        "each": node("flow.map", {"items": f"{{{{ range({ITEMS}) }}}}", "concurrency": 3}, body=body),
        "many": node("data_table.insert_many", many),
        "gone": node("data_table.delete", low),
        "asked": node("data_table.upsert", {"table": "total", "key": "name", "values": {"name": "all", "done": True}}),
    }
    edges = ["each -> many", "many -> gone", "gone -> asked"]
    return workflow(nodes, "{{ [many.count, gone.count, asked.created] }}", edges=edges)


@pytest.mark.parametrize("moments", [
    ["commit:after:1", "commit:before:4", "commit:after:5", "commit:after:2", "commit:after:3"],
    ["append:before:2", "append:after:3", "commit:after:3", "append:before:2"],
], ids=["changes", "journal"])  # fmt: skip
async def test_a_kill_at_any_moment_makes_no_change_twice(place: Place, moments: list[str]) -> None:
    store = TableStore(place.opened.store.records, lambda: time.time_ns() // 1000)
    tables = ExecutionTables(store, DEFAULT_WORKSPACE, "test")
    await tables.ensure("seen", [{"name": "n", "type": "integer"}])
    columns = [{"name": "name", "unique": True}, {"name": "count", "type": "integer"}]
    await tables.ensure("total", [*columns, {"name": "done", "type": "boolean"}])
    await tables.insert("total", [{"name": "all"}], key="first")
    id = await place.accept(changes())
    base = ["--data", str(place.data), "--folder", str(place.folder), *(["--db", place.db] if place.db else [])]
    killed = 0
    for number, moment in enumerate(moments):
        driver = Process([*base, "--lease", "0.5", "--hang", "0.5"], place.folder / f"killed{number}.txt", moment)
        place.started.append(driver)

        async def over(driver: Process = driver) -> bool:
            return not driver.alive or (await place.row(id)).status.terminal

        await until(over, 60, "the moment or the end")
        killed += not driver.alive
        if (await place.row(id)).status.terminal:
            break
    place.start("--lease", "0.5", "--hang", "0.5")
    row = await place.ended(id)
    assert row.status is ExecutionStatus.SUCCEEDED, (killed, row.error_code)
    assert killed >= 2
    found: list[int] = []
    after: tuple[str, str] | None = None
    while True:
        page = await tables.find("seen", limit=1000, after=after)
        found += [one["n"] for one in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(found) == [*range(4, ITEMS), *range(100, 1600)]
    (total,) = (await tables.find("total")).rows
    assert (total["count"], total["done"]) == (sum(range(ITEMS)), True)
