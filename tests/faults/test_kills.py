"""Drivers are killed at random moments; what was promised is checked from outside."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from studio.storage import open_store
from tests.faults import graphs
from tests.faults.harness import Storm
from tests.fixtures.postgres import Cluster

SEED = int(os.environ.get("STUDIO_FAULT_SEED", "20261"))
KILLS = int(os.environ.get("STUDIO_FAULT_KILLS", "52"))
PER_ROUND = 13
CRASHES = int(os.environ.get("STUDIO_FAULT_CRASHES", "11"))


@asynccontextmanager
async def storm(tmp_path: Path, db: str | None, rng: random.Random) -> AsyncIterator[Storm]:
    """A storm on a new data folder, whose last driver is ended."""
    folder = tmp_path / "files"
    folder.mkdir(parents=True)
    opened = await open_store(db, tmp_path / "data")
    one = Storm(opened, tmp_path / "data", folder, db, rng)
    try:
        yield one
    finally:
        if one.process is not None:
            await one.process.kill()
        await opened.close()


async def kill_at_random(one: Storm, kills: int) -> None:
    """Start and kill drivers, with messages arriving while one lives and while none does."""
    for _ in range(kills):
        one.start()
        await asyncio.sleep(one.rng.uniform(0.05, 0.5))
        if one.rng.random() < 0.6:
            await one.serve(eager=False)
        await asyncio.sleep(one.rng.uniform(0.0, 0.15))
        await one.kill()
        if one.rng.random() < 0.5:
            await one.serve(eager=False)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    """No URL, or that of a fresh Postgres database."""
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


async def test_killed_at_random_points(tmp_path: Path, database: str | None) -> None:
    print(f"seed {SEED}, {KILLS} kills; more with STUDIO_FAULT_SEED and STUDIO_FAULT_KILLS")
    async with storm(tmp_path, database, random.Random(SEED)) as one:
        while one.kills < KILLS:
            one.count += 2
            await kill_at_random(one, min(PER_ROUND, KILLS - one.kills))
            await one.finish(120)
            await one.process.kill()
            await one.judge(graphs.everything_gives)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["append", "claim", "accept", "put", "project", "post"])
async def test_killed_around_every_kind_of_write(tmp_path: Path, method: str, when: str) -> None:
    """The first driver dies at the first such call, the next at its second, and so on."""
    print(f"seed {SEED}; another with STUDIO_FAULT_SEED")
    async with storm(tmp_path, None, random.Random(SEED)) as one:
        one.count = 1
        for number in (1, 2, 3, 5, 8, 13):
            process = one.start(f"{method}:{when}:{number}")
            for _ in range(40):
                await asyncio.sleep(0.02)
                await one.serve(eager=number > 3)
                if not process.alive:
                    break
            await one.kill()
        await one.finish(120)
        await one.process.kill()
        await one.judge(graphs.everything_gives)


async def test_postgres_itself_is_killed(tmp_path: Path, postgres_cluster: Cluster, postgres_url: str) -> None:
    """Drivers live through it, or give up with a clear error and are started again."""
    print(f"seed {SEED}, {CRASHES} crashes; more with STUDIO_FAULT_SEED and STUDIO_FAULT_CRASHES")
    async with storm(tmp_path, postgres_url, random.Random(SEED)) as one:
        gave_up = 0
        for crash in range(CRASHES):
            if crash % 3 == 0:
                one.count += 1
                await one.drain()
            if one.process is None or not one.process.alive:
                await one.start().up()
            await asyncio.sleep(one.rng.uniform(0.0, 0.4))
            await asyncio.to_thread(postgres_cluster.stop, "immediate")
            await asyncio.sleep(one.rng.uniform(0.0, 0.3))
            await asyncio.to_thread(postgres_cluster.start)
            gave_up += not one.process.alive
            await one.serve(eager=one.rng.random() < 0.4)
            await one.look_alive()
        await one.finish(120, give_up=True)
        await one.process.kill()
        await one.judge(graphs.everything_gives)
        assert all(line.startswith("StorageUnavailable storage.") for line in one.errors().splitlines())
        print(f"{CRASHES} crashes of the server, {gave_up} drivers gave up")
