"""How much each workspace stores. Measured now and then, since it looks at everything."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.storage._opened import Opened
from studio.storage.blobs.files import blob_path


async def sizes(opened: Opened, data: Path) -> dict[str, int]:
    """Bytes of journals, records and blobs by workspace."""
    found = await opened.store.stored_bytes()
    refs = await opened.store.blob_owners()
    for workspace, size in (await asyncio.to_thread(_on_disk, refs, data)).items():
        found[workspace] = found.get(workspace, 0) + size
    return found


def _on_disk(refs: list[tuple[str, str]], data: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for workspace, blob in refs:
        try:
            found[workspace] = found.get(workspace, 0) + blob_path(data, blob).stat().st_size
        except FileNotFoundError:
            continue
    return found
