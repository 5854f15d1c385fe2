"""An engine on a real store, for tests and benchmarks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from studio.bootstrap.testparts import NodeTestParts
from studio.catalog import Catalog
from studio.contracts.apart import Apart
from studio.contracts.data_tables import DataTables
from studio.contracts.files import HostFiles
from studio.contracts.http import Dialer, HttpClient
from studio.contracts.records import Records
from studio.domain.workflow import Workflow
from studio.engine import Charge, Engine, EngineConfig, ExecutionResult, Grants, StartRequest
from studio.net import EgressClient, EgressDialer, EgressPolicy
from studio.sandbox.host_files import AllowedFiles
from studio.services.tables.tables import TableStore
from studio.services.tables.using import ExecutionTables
from studio.storage import open_store
from tests.engine.gates import PATIENCE

PACKS = Path(__file__).parent / "packs"


class Host:
    """Networks and files by the grants; credentials from a dict; data tables where records are given."""

    def __init__(
        self, credentials: Mapping[str, Mapping[str, Any]] | None = None, records: Records | None = None
    ) -> None:
        self.credentials = dict(credentials or {})
        self.records = records

    def http_for(self, grants: Grants, workspace: str, charge: Charge | None = None) -> HttpClient:
        return EgressClient(EgressPolicy(grants.allow_hosts), workspace=workspace)

    def dial_for(self, grants: Grants, workspace: str) -> Dialer:
        return EgressDialer(EgressPolicy(grants.allow_hosts))

    def files_for(self, grants: Grants) -> HostFiles:
        return AllowedFiles(Path(grants.folder or "."), [Path(path) for path in grants.allow_paths])

    def data_tables_for(self, workspace: str, execution_id: str, charge: Charge | None = None) -> DataTables:
        assert self.records is not None, "this test has no data tables"
        return ExecutionTables(TableStore(self.records, lambda: time.time_ns() // 1000), workspace, execution_id)

    @property
    def apart(self) -> Apart:
        return NodeTestParts().apart()

    async def credential(self, workspace: str, alias: str, charge: Charge | None = None) -> Mapping[str, Any]:
        return self.credentials[alias]

    def translate(self, node_type: str, key: str, lang: str, arguments: Mapping[str, Any]) -> str:
        return key


_CATALOG: list[Catalog] = []


def catalog() -> Catalog:
    """The built-in packs and the lab."""
    if not _CATALOG:
        _CATALOG.append(Catalog.default(extra_folders=(PACKS / "lab",)))
    return _CATALOG[0]


def workflow(nodes: Mapping[str, Any], **rest: Any) -> Workflow:
    """A workflow of these nodes; a type may stand alone, or with its params as a pair."""
    full = {
        id: {"type": spec[0], "params": spec[1], **(spec[2] if len(spec) > 2 else {})}
        if isinstance(spec, tuple)
        else spec
        for id, spec in nodes.items()
    }
    return Workflow.model_validate({"studio": 1, "name": rest.pop("name", "Test"), "nodes": full, **rest})


@asynccontextmanager
async def engine(
    data: Path,
    *,
    db: str | None = None,
    start: bool = True,
    config: EngineConfig | None = None,
    host: Host | None = None,
    wrap: Callable[[Any], Any] = lambda store: store,
) -> AsyncIterator[Engine]:
    """An engine on the data folder; ``wrap`` may put something between it and its store."""
    opened = await open_store(db, data)
    one = Engine(
        store=wrap(opened.store),
        blobs=opened.blobs,
        catalog=catalog(),
        home=opened.home,
        host=host or Host(),
        config=config,
    )
    try:
        if start:
            await one.start()
        yield one
    finally:
        await one.stop()
        await opened.close()


async def run(one: Engine, what: Workflow, timeout: float = PATIENCE, **request: Any) -> ExecutionResult:
    """Run a workflow and wait for its end, or until it waits for longer."""
    id = await one.submit(StartRequest(workflow=what, **request))
    return await one.wait(id, timeout=timeout, settle_waiting=True)
