"""How writes reach the databases: what keeps a commit short, and a log from growing."""

from __future__ import annotations

from typing import Any

from studio.domain.status import Durability
from tests.storage.kit import Place, running, segment

_MB = 1024 * 1024


async def test_the_log_is_written_over_again(lite: Place) -> None:
    """Under constant writing, with nobody reading: a log that only grows makes every flush slow."""
    store = (await lite.open()).store
    id = await running(store)
    log = lite.data / "studio.db-wal"
    for seq in range(1, 301):
        await store.append(segment(id, seq, seq.to_bytes(2, "big") * 100_000))
    size = log.stat().st_size
    assert size < 32 * _MB, "of 60 MB that were written"
    assert len(await store.read(id)) == 301


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
