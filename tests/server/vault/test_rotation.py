"""New data keys while executions read credentials, and backups from before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.bootstrap import Maintenance, Settings, Studio
from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from tests.fixtures import forks
from tests.server.kit import Api
from tests.server.vault.test_credentials import MARKER, make


async def test_keys_are_rotated_under_load_and_old_backups_stay_readable(either: Api, tmp_path: Path) -> None:
    client = await either.signed_in(Role.EDITOR)
    ids = [(await make(client, f"mail-{number}"))["id"] for number in range(20)]
    settings = either.studio.settings
    archive = tmp_path / "before.backup"
    await Maintenance(settings).backup(archive)
    done, reads = asyncio.Event(), 0

    async def read() -> None:
        nonlocal reads
        while not done.is_set():
            for number in range(20):
                found = await either.studio.host.credential("default", f"mail-{number}")
                assert found["token"] == MARKER
                reads += 1

    async def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            answer = await client.patch(f"/credentials/{ids[number % 20]}", json={"description": str(number)})
            assert answer.status_code == 200, answer.text

    loads = [asyncio.create_task(read()), asyncio.create_task(write())]
    options = ["--data", str(settings.data), *(["--db", settings.db] if settings.db else [])]
    for _ in range(2):
        before = reads
        assert (await asyncio.to_thread(forks.run, ["keys", "rotate", *options])).returncode == 0
        async with asyncio.timeout(60):
            while reads < before + 20:  # while it is done, and after it
                await asyncio.sleep(0.01)
    done.set()
    await asyncio.gather(*loads)
    assert reads > 20
    await either.studio.opened.store.keys.reload()
    keys = [key.workspace for key in either.studio.opened.ring.data_keys()]
    assert (keys.count("default"), keys.count(INSTANCE)) == (3, 3)
    assert (await either.studio.host.credential("default", "mail-3"))["token"] == MARKER
    if settings.db is None:
        restored = tmp_path / "restored"
        restored.mkdir(mode=0o700)
        (restored / "master.key").write_bytes((settings.data / "master.key").read_bytes())
        (restored / "master.key").chmod(0o600)
        await Maintenance(Settings(data=restored)).restore(archive)
        async with Studio(Settings(data=restored)) as old:
            await old.open()
            assert (await old.host.credential("default", "mail-3"))["token"] == MARKER
