"""A process that drives executions, made to be killed: ``python -m tests.faults.drive --data DIR --folder DIR``.

``STUDIO_FAULT=append:after:12`` kills it right after its twelfth ``append`` of a store; ``before`` and every other
method of the store or of the blobs can be named as well, and ``commit`` of the records.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from studio.catalog import Catalog
from studio.contracts.store import Idempotency
from studio.domain.errors import StudioError
from studio.engine import Engine, EngineConfig, Grants, StartRequest
from studio.storage import EngineLock, Opened, open_store
from tests.engine.kit import PACKS, Host
from tests.faults import graphs

WINDOW = 3600 * 1_000_000
FAULT = "STUDIO_FAULT"
FAILED, BUSY = 3, 4


@cache
def catalog() -> Catalog:
    """Built-in packs, the lab, and the nodes that leave a trace."""
    return Catalog.default(extra_folders=(PACKS / "lab", Path(__file__).parent / "packs" / "fault"))


class Deadly:
    """Passes everything on to ``target`` and kills the process at the asked call of a method."""

    def __init__(self, target: Any, method: str, when: str, number: int) -> None:
        self._target = target
        self._method = method
        self._when = when
        self._number = number
        self._calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._target, name)
        if name != self._method:
            return real

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self._calls[name] += 1
            last = self._calls[name] == self._number
            if last and self._when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = await real(*args, **kwargs)
            if last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return counted


def deadly(opened: Opened, fault: str | None) -> tuple[Any, Any, Any]:
    """Store, blobs and records, made deadly where that is asked for."""
    store: Any = opened.store
    blobs: Any = opened.blobs
    records: Any = opened.store.records
    if fault:
        method, when, number = fault.split(":")
        if method == "commit":
            records = Deadly(records, method, when, int(number))
        elif hasattr(blobs, method):
            blobs = Deadly(blobs, method, when, int(number))
        else:
            store = Deadly(store, method, when, int(number))
    return store, blobs, records


def request(number: int, folder: Path) -> StartRequest:
    """The start of execution ``number``; sent again it gives the same execution."""
    return StartRequest(
        workflow=graphs.everything(),
        inputs={"log": str(folder / "log.txt"), "seed": number},
        calls={"child": graphs.child()},
        grants=Grants(folder=str(folder)),
        idempotency=Idempotency(f"storm-{number}", f"{number}".encode(), WINDOW),
    )


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """What the process is asked to do."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--db")
    parser.add_argument("--submit", type=int, default=0)
    parser.add_argument("--lease", type=float, default=30.0)
    parser.add_argument("--hang", type=float, default=120.0)
    parser.add_argument("--recoveries", type=int, default=10_000)
    parser.add_argument("--home", help="another name of the data folder, which also does without its lock")
    parser.add_argument("--usual", action="store_true", help="chunks and snapshots of the usual size")
    return parser.parse_args(argv)


async def drive(options: argparse.Namespace, fault: str | None = None) -> int:
    """Drive until SIGTERM or a failure of the engine; gives the exit status."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    lock = EngineLock(options.data)
    opened = await open_store(options.db, options.data)
    if options.home is None:
        lock.acquire()
    config = EngineConfig(
        lease=options.lease, hang=options.hang, max_recoveries=options.recoveries, linger=0.1, poll_interval=0.02
    )
    if not options.usual:
        config.items_bytes, config.snapshot_bytes = graphs.ITEMS_BYTES, 24 * 1024
    store, blobs, records = deadly(opened, fault)
    home = options.home or opened.home
    host = Host(records=records)
    engine = Engine(store=store, blobs=blobs, catalog=catalog(), home=home, host=host, config=config)
    try:
        await engine.start()
        for number in range(options.submit):
            await engine.submit(request(number, options.folder))
        print("up", os.getpid(), flush=True)
        while not stopping.is_set() and engine.failure is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), 0.02)
    finally:
        await engine.stop()
        await opened.close()
        lock.release()
    if engine.failure is not None:
        raise engine.failure
    return 0


def main(argv: Sequence[str], fault: str | None = None) -> None:
    """Run one process; tells a failure as one line on stderr."""
    try:
        sys.exit(asyncio.run(drive(arguments(argv), fault)))
    except StudioError as error:
        print(f"{type(error).__name__} {error.code} {error.message}", file=sys.stderr, flush=True)
        sys.exit(FAILED)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ.get(FAULT))
