"""An engine on a fresh data folder, for the benchmarks that run workflows."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from studio.catalog import Catalog
from studio.domain.status import Durability, ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import Engine, EngineConfig, StartRequest
from studio.storage import open_store

_PACKS = Path(__file__).parent / "packs"


class NoHost:
    """Benchmarks reach nothing outside."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a benchmark asked for {name}")


def workflow(nodes: Mapping[str, Any], **rest: Any) -> Workflow:
    """A workflow of nodes given as (type, params)."""
    full = {id: {"type": spec[0], "params": spec[1]} if isinstance(spec, tuple) else spec for id, spec in nodes.items()}
    return Workflow.model_validate({"studio": 1, "name": "Bench", "nodes": full, **rest})


@asynccontextmanager
async def engine(db: str | None = None, data: Path | None = None, **config: Any) -> AsyncIterator[Engine]:
    """A started engine; the folder goes away with it unless it is given."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        opened = await open_store(db, data or Path(folder) / "data")
        catalog = Catalog.default(extra_folders=(_PACKS / "bench",))
        one = Engine(
            store=opened.store,
            blobs=opened.blobs,
            catalog=catalog,
            home=opened.home,
            host=NoHost(),  # pyright: ignore[reportArgumentType] - nothing of it is used
            config=EngineConfig(**config),
        )
        try:
            await one.start()
            yield one
        finally:
            await one.stop()
            await opened.close()


async def complete(one: Engine, what: Workflow, **request: Any) -> float:
    """Run a workflow to its end; seconds from asking to the shown end."""
    began = time.perf_counter()
    id = await one.submit(StartRequest(workflow=what, **request))
    run = one.runs[id]
    assert run.task is not None
    await asyncio.wait([run.task])
    took = time.perf_counter() - began
    assert run.outcome is not None
    assert run.outcome[0] is ExecutionStatus.SUCCEEDED, run.outcome
    return took


def settle() -> None:
    """Start a measurement with a clean heap, as a process that has started up and frozen it has."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def run_async(main: Callable[[], Coroutine[Any, Any, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Run on uvloop, as Studio does."""
    import uvloop

    return uvloop.run(main())


POWER = Durability.POWER
PROCESS = Durability.PROCESS
