"""The only place that wires concrete classes together.

Everything is imported where it is first needed, so that a command which only reads a file loads no database. What the
command line may not import itself (services and their types), it finds here under the same names.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from studio.domain.errors import UserError
from studio.domain.ids import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from studio.catalog import Catalog, NodeFacts, PackFacts
    from studio.contracts.files import HostFiles
    from studio.contracts.http import Dialer, HttpClient
    from studio.contracts.store import Store
    from studio.engine import Engine, Event, ExecutionResult, Grants, History, StartRequest
    from studio.net import CircuitBreaker, EgressClient, EgressPolicy
    from studio.services.bench import Bench, BenchRun
    from studio.services.control import Control
    from studio.services.doctor import Finding
    from studio.services.documents import Document, DocumentInvalid, Documents
    from studio.services.drive import Driver
    from studio.services.evaluate import answer_lines, evaluate
    from studio.services.executions import Executions
    from studio.services.graph import workflow_svg, workflow_text
    from studio.services.nodes import Nodes
    from studio.services.overrides import read_value, split_assignment
    from studio.services.replay import ReplayOptions, Replays
    from studio.services.run import RunOptions, Runs
    from studio.services.values import present
    from studio.services.waterfall import Bar, bars
    from studio.storage import Opened
    from studio.testing import ExampleResult
    from studio.validation import Problem

__all__ = [
    "Bar",
    "Bench",
    "BenchRun",
    "Control",
    "Document",
    "DocumentInvalid",
    "Event",
    "ExampleResult",
    "ExecutionResult",
    "Finding",
    "History",
    "NodeFacts",
    "NodeParts",
    "PackFacts",
    "Problem",
    "ReplayOptions",
    "RunOptions",
    "Settings",
    "StartRequest",
    "Studio",
    "answer_lines",
    "bars",
    "evaluate",
    "present",
    "read_value",
    "split_assignment",
    "workflow_svg",
    "workflow_text",
]

_FOUND_IN = {
    "Bench": "studio.services.bench",
    "ReplayOptions": "studio.services.replay",
    "RunOptions": "studio.services.run",
    "answer_lines": "studio.services.evaluate",
    "bars": "studio.services.waterfall",
    "evaluate": "studio.services.evaluate",
    "present": "studio.services.values",
    "read_value": "studio.services.overrides",
    "split_assignment": "studio.services.overrides",
    "workflow_svg": "studio.services.graph",
    "workflow_text": "studio.services.graph",
}


def __getattr__(name: str) -> Any:
    if name in _FOUND_IN:
        return getattr(importlib.import_module(_FOUND_IN[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where this Studio lives and what it may reach.

    Args:
        data: Data folder.
        db: Database URL; None for SQLite in the data folder.
        lang: Language of messages.
        allow_paths: Folders and files beside a workflow's own folder and the working folder.
        allow_hosts: Hosts that may be reached although they are private.
    """

    data: Path
    db: str | None = None
    lang: str = "en"
    allow_paths: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()


class Studio:
    """One Studio: catalogue and documents at once, executions after ``open``.

    ``async with Studio(settings) as studio: await studio.open()``; leaving hands over what is unfinished and closes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened: Opened | None = None
        self._engine: Engine | None = None
        self._driver: Driver | None = None
        self._host: _Host | None = None

    async def __aenter__(self) -> Studio:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._driver is not None:
            await self._driver.stop()
        if self._host is not None:
            await self._host.close()
        if self._opened is not None:
            await self._opened.close()

    async def open(self, *, read_only: bool = False) -> None:
        """Open the store and make the engine, which does not drive yet; does nothing the second time.

        Raises:
            StorageError: The store cannot be opened; says why and what to do.
        """
        from studio.engine import Engine
        from studio.services.drive import Driver
        from studio.storage import EngineLock, open_store

        if self._opened is not None:
            return
        settings = self.settings
        self._opened = opened = await open_store(settings.db, settings.data, read_only=read_only)
        self._host = _Host(settings.data, opened, self.catalog)
        self._engine = Engine(
            store=opened.store, blobs=opened.blobs, catalog=self.catalog, home=opened.home, host=self._host
        )
        self._driver = Driver(self._engine, EngineLock(settings.data), opened.store, opened.blobs)

    @cached_property
    def catalog(self) -> Catalog:
        """The node types: built in, installed, and in the data folder's ``packs``."""
        from studio.catalog import Catalog

        packs = self.settings.data / "packs"
        return Catalog.default([packs] if packs.is_dir() else [])

    @cached_property
    def documents(self) -> Documents:
        """Reads workflow files."""
        from studio.services.documents import Documents

        return Documents(self.catalog, self.settings.allow_paths)

    @cached_property
    def runs(self) -> Runs:
        """Makes start requests."""
        from studio.services.run import Runs

        return Runs(self.documents, self.catalog)

    @cached_property
    def nodes(self) -> Nodes:
        """Lists and explains node types."""
        from studio.services.nodes import Nodes

        return Nodes(self.catalog)

    @property
    def opened(self) -> Opened:
        """Store, blobs and keys; after ``open``."""
        assert self._opened is not None
        return self._opened

    @property
    def engine(self) -> Engine:
        """The engine; after ``open``."""
        assert self._engine is not None
        return self._engine

    @property
    def driver(self) -> Driver:
        """Who drives; after ``open``."""
        assert self._driver is not None
        return self._driver

    @cached_property
    def executions(self) -> Executions:
        """Reads executions; after ``open``."""
        from studio.services.executions import Executions

        return Executions(self.opened.store, self.opened.blobs)

    @cached_property
    def control(self) -> Control:
        """Acts on executions; after ``open``."""
        from studio.services.control import Control

        return Control(self.engine, self.executions)

    @cached_property
    def replays(self) -> Replays:
        """Makes start requests from earlier executions; after ``open``."""
        from studio.services.replay import Replays

        return Replays(self.opened.store, self.executions, self.runs)

    async def examine(self) -> AsyncIterator[Finding]:
        """Every check of the doctor; the database is opened as far as that goes, and only where there is one."""
        from studio.services.doctor import Doctor

        doctor = Doctor(self.settings.data, self.catalog)
        for finding in doctor.installation():
            yield finding
        if self.settings.db is not None or self.settings.data.exists():
            async for finding in doctor.database(self._store):
                yield finding

    async def _store(self) -> Store:
        await self.open()
        return self.opened.store

    async def check_nodes(self, wanted: Sequence[str]) -> AsyncIterator[ExampleResult]:
        """Run the examples of packs and node types, or of all of them.

        Raises:
            NotFound: There is no such pack or type.
        """
        from studio.testing import check_pack

        whole = [name for name in wanted if "." not in name] or ([] if wanted else [p.id for p in self.catalog.packs()])
        types = [self.catalog.facts(name) for name in wanted if "." in name]
        for pack in whole:
            for result in await check_pack(pack, self.catalog, engine_runner=self._run_example):
                yield result
        for facts in types:
            for result in await check_pack(
                facts.pack, self.catalog, types=[facts.type], engine_runner=self._run_example
            ):
                yield result

    async def _run_example(self, document: dict[str, Any], *, folder: Path) -> ExecutionResult:
        """Run a workflow document in a Studio of its own below ``folder``."""
        from studio.services.scratch import run_document

        settings = replace(self.settings, data=folder / ".studio", db=None)
        async with Studio(settings) as studio:
            studio.catalog = self.catalog
            await studio.open()
            return await run_document(studio.engine, studio.driver, document, folder)

    async def present(self, value: Any) -> Any:
        """A value as plain JSON."""
        from studio.services.values import present

        return await present(value)


class _Host:
    """What nodes reach of this machine. Implements ``studio.engine.HostServices``."""

    def __init__(self, data: Path, opened: Opened, catalog: Catalog) -> None:
        from studio.net import CircuitBreaker

        self._data = data
        self._opened = opened
        self._catalog = catalog
        self._breaker: CircuitBreaker = CircuitBreaker()
        self._clients: dict[tuple[str, ...], EgressClient] = {}

    def http_for(self, grants: Grants, workspace: str) -> HttpClient:
        """The HTTP client for an execution; one pool of connections per set of allowed hosts."""
        allowed = tuple(grants.allow_hosts)
        client = self._clients.get(allowed)
        if client is None:
            from studio.net import EgressClient

            client = EgressClient(_policy(allowed), credentials=self._credential, breaker=self._breaker)
            self._clients[allowed] = client
        return client if workspace == DEFAULT_WORKSPACE else client.for_workspace(workspace)

    def dial_for(self, grants: Grants, workspace: str) -> Dialer:
        """Checked addresses for an execution."""
        from studio.net import EgressDialer

        return EgressDialer(_policy(grants.allow_hosts))

    def files_for(self, grants: Grants) -> HostFiles:
        """The files that an execution reaches; never Studio's own folder."""
        from studio.sandbox.host_files import AllowedFiles

        base = Path(grants.folder) if grants.folder else Path.cwd()
        return AllowedFiles(base, [Path(path) for path in grants.allow_paths], [self._data])

    async def credential(self, workspace: str, alias: str) -> Mapping[str, Any]:
        """The fields of a credential."""
        return (await self._credential(workspace, alias))[1]

    async def _credential(self, workspace: str, alias: str) -> tuple[Any, Mapping[str, Any]]:
        import msgspec

        found = await self._opened.store.credential(workspace, alias)
        if found is None:
            raise UserError("credential.not_found", "There is no credential {alias}.", alias=alias)
        type_id, data = found
        kind = self._catalog.credential_types().get(type_id)
        if kind is None:
            raise UserError(
                "credential.unknown_type", "The credential {alias} is of type {type}, which is not installed here.",
                alias=alias, type=type_id,
            )  # fmt: skip
        return kind, msgspec.msgpack.decode(data)

    def translate(self, node_type: str, key: str, lang: str, arguments: Mapping[str, Any]) -> str:
        """A text of a pack's strings; the key itself where there is none."""
        from studio.domain.errors import fill

        pack = node_type.partition(".")[0]
        code = key if key.startswith(f"{pack}.") else f"{pack}.{key}"
        return fill(self._catalog.error_template(code, lang) or key, arguments)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()


def _policy(allowed: Sequence[str]) -> EgressPolicy:
    from studio.net import EgressPolicy

    return EgressPolicy(allowed)


class NodeParts:
    """What a test run of a node is made of: the same expressions, client and files that the engine gives."""

    def evaluate(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """A param value with its expressions evaluated."""
        from studio.expressions import compile_value

        compiled = compile_value(value)
        return value if compiled is None else compiled.evaluate(scope)

    def per_item(self, source: str, scope: Mapping[str, Any]) -> tuple[Callable[[Any, int], Any], Any]:
        """A per-item expression as a function, and its portable tree."""
        from studio.expressions import compile_expression

        expression = compile_expression(source)
        return expression.bind(scope), expression.tree

    def http(self, allow: Sequence[str], credentials: Any) -> HttpClient:
        """A client that reaches ``allow`` beside public addresses."""
        from studio.net import EgressClient

        return EgressClient(_policy(allow), credentials=credentials)

    def dial(self, allow: Sequence[str]) -> Dialer:
        """The same for what is not HTTP."""
        from studio.net import EgressDialer

        return EgressDialer(_policy(allow))

    def files(self, folder: Path) -> HostFiles:
        """The files of one folder."""
        from studio.sandbox.host_files import AllowedFiles

        return AllowedFiles(folder)
