"""On Postgres a page of a list is a range of one index, whatever the values: one plan is made for all of them.

Most of the values are those of nothing that is there, where a plan that walks would walk to the end.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from studio.storage import open_store
from studio.storage._plans import listing
from tests.fixtures.postgres import Cluster

_ROWS = """
INSERT INTO executions SELECT 'e' || n, 'default', 'h', 'name' || n % 3, 'succeeded', NULL, NULL, 'run', 'manual',
  NULL, NULL, 'e' || n, NULL, 0, '', '', 0, '', '[]', 0, false, NULL, 0, 0, n, n, n, NULL, NULL, false, 0, 0,
  NULL, NULL, false, false, 1, 0, 0, 0
FROM generate_series(1, 20000) AS n;
INSERT INTO execution_tags SELECT workspace, 'tag' || length(id), id, status, error_code FROM executions;
ANALYZE
"""
_VALUES = {
    "workspace": "'default'", "status": "'failed'", "workflow_name": "'name2'", "error_code": "'none'",
    "before": "'e10'", "from_id": "'e1'", "limit": "50", "tag": "'tag6'",
}  # fmt: skip


async def test_pages_are_ranges_of_an_index(postgres_cluster: Cluster, postgres_url: str, tmp_path: Path) -> None:
    store = await open_store(postgres_url, tmp_path)
    await store.close()
    database = postgres_url.rpartition("/")[2]
    postgres_cluster.sql(_ROWS, database)
    wanted = {
        (): "executions_newest",
        ("status",): "executions_status",
        ("status", "workflow_name"): "executions_workflow",
        ("error_code",): "executions_error",
        ("error_code", "workflow_name"): "executions_workflow_error",
        ("tag",): "execution_tags_pkey",
        ("tag", "status"): "execution_tags_status",
        ("tag", "error_code"): "execution_tags_error",
    }
    for names, index in wanted.items():
        for more in ((), ("before",), ("from_id",), ("before", "from_id")):
            statement = listing._tagged if "tag" in names else listing._listing
            bound = statement(frozenset(names + more)).postgres
            values = ", ".join(_VALUES[name] for name in bound.names)
            said = postgres_cluster.sql(
                f"SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_seqscan = off;"
                f" PREPARE page AS {bound.text}; EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page({values})",
                database,
            )
            (plan,) = [one["Plan"] for one in json.loads(said[said.index("[") :])]
            scan = scanned(plan)
            assert scan.get("Rows Removed by Filter", 0) == 0, (names, more, plan)
            # Between two ids the planner expects so little that of two indexes either will do.
            assert scan["Index Name"] == index or len(more) == 2, (names, more, plan)
            assert "Sort" not in said, (names, more)
            # It ends where the range does: what is looked at are the rows of a page, and the way down to the first.
            assert scan["Shared Hit Blocks"] + scan["Shared Read Blocks"] < 70, (names, more, plan)


def scanned(plan: dict[str, Any]) -> dict[str, Any]:
    """The innermost step, of a join the outer one."""
    while "Plans" in plan:
        plan = plan["Plans"][0]
    return plan
