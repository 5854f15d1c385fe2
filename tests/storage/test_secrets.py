"""Nothing that is secret stands in clear in any file of a store."""

from __future__ import annotations

import base64
from pathlib import Path

from studio.contracts.store import Message
from studio.domain.ids import new_id
from studio.storage import Opened
from studio.storage.backup import backup
from tests.fixtures.postgres import Cluster
from tests.storage.kit import WORKSPACE, Place, running, segment


async def plant(opened: Opened, secret: bytes) -> None:
    """Put a secret everywhere."""
    store, blobs = opened.store, opened.blobs
    ref = await blobs.put(WORKSPACE, secret * 50_000)
    id = await running(store, payload=secret * 3, blobs=(ref.id,))
    await store.append(segment(id, 1, secret))
    await store.append(segment(id, 2, secret * 500))
    await store.post(WORKSPACE, [Message(id, "m", "signal", secret)])
    await store.set_credential(WORKSPACE, "c", "t", secret)
    await store.set_variable(WORKSPACE, "v", secret, secret=True)
    await store.set_variable(WORKSPACE, "w", secret, secret=False)
    await store.set_node_state(WORKSPACE, "s", secret, 0)
    await store.put_cached(WORKSPACE, "k", secret, 10**12)
    await store.put_version(WORKSPACE, "h", "flow", secret * 20)
    async with blobs.local(WORKSPACE, ref), blobs.writable(WORKSPACE) as draft:
        draft.path.write_bytes(secret)
        await draft.commit()


def forms(secret: bytes) -> list[bytes]:
    """What a secret may look like in a file."""
    return [secret, secret.hex().encode(), base64.b64encode(secret)[4:-4], secret[::-1]]


async def test_no_secret_in_any_file(lite: Place, tmp_path: Path) -> None:
    opened = await lite.open()
    secret = b"planted-secret-" + new_id().encode()
    await plant(opened, secret)
    await backup(None, lite.data, tmp_path / "archive")
    checked = 0
    for moment in ("open", "closed"):
        if moment == "closed":
            await lite.close()
        for path in tmp_path.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                checked += 1
                assert not [form for form in forms(secret) if form in content], f"{moment}: {path.name}"
    assert checked > 10


async def test_no_secret_in_the_server(remote: Place, postgres_cluster: Cluster, tmp_path: Path) -> None:
    opened = await remote.open()
    secret = b"planted-secret-" + new_id().encode()
    await plant(opened, secret)
    await backup(remote.url, remote.data, tmp_path / "archive")
    postgres_cluster.sql("CHECKPOINT")
    folder = postgres_cluster.folder
    checked = 0
    for path in [*folder.rglob("*"), *tmp_path.rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            checked += 1
            assert not [form for form in forms(secret) if form in content], path.name
    assert checked > 100
