"""How writes reach the databases: what keeps a commit short, and a log from growing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from studio.domain.status import Durability
from studio.storage.sqlite._checkpoint import Checkpointer
from studio.storage.sqlite._connect import connect, prepare_file
from studio.storage.sqlite._typed import Connection
from tests.storage.kit import Place, running, segment


def test_the_log_is_written_over_again(tmp_path: Path) -> None:
    """Also where writing never ceases: a log that only grows makes every flush slow."""
    connection = connect(tmp_path / "log.db", create=True)
    prepare_file(connection)
    checkpoints = Checkpointer(tmp_path / "log.db")
    pages: list[int] = []

    def committed(of: Connection, name: str, length: int) -> int:
        pages.append(length)
        return checkpoints.after_commit(of, name, length)

    connection.set_wal_hook(committed)
    connection.execute("CREATE TABLE t (data BLOB)")
    reader = connect(tmp_path / "log.db", read_only=True)
    try:
        for _ in range(3):
            while pages[-1] < 900:
                connection.execute("INSERT INTO t VALUES (zeroblob(200000))")
            # A reader of now keeps the thread from copying what comes after, as constant writing does.
            reader.execute("BEGIN; SELECT count(*) FROM t").fetchall()
            while pages[-1] < 1100:
                connection.execute("INSERT INTO t VALUES (zeroblob(200000))")
            waiting_until = time.monotonic() + 30
            while not checkpoints._rest:  # pyright: ignore[reportPrivateUsage]
                assert time.monotonic() < waiting_until
                time.sleep(0.001)
            for _ in range(3):
                connection.execute("INSERT INTO t VALUES (zeroblob(200000))")
            assert pages[-1] > 1200, "it grows as long as nobody copies the rest"
            reader.execute("COMMIT")
            checkpoints.copy_rest(connection)
            connection.execute("INSERT INTO t VALUES (1)")
            assert pages[-1] < 10
    finally:
        checkpoints.close()
        reader.close()
        connection.close()


async def test_postgres_plans_a_statement_once(remote: Place) -> None:
    """Also one over arrays, which it would plan at every call if it were left to itself."""
    store = (await remote.open()).store
    ids = [await running(store) for _ in range(2)]
    for seq in range(1, 11):
        both = [store.append(segment(id, seq, durability=Durability.POWER)) for id in ids]
        for each in both:
            await each
    driver: Any = store._driver  # pyright: ignore[reportPrivateUsage]
    found = await driver._writer._connection.fetch(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%INSERT INTO journal%'"
    )
    assert found
    assert all(row["custom_plans"] == 0 for row in found), found
