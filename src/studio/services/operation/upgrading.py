"""What stands in the way of running this version of Studio on what an earlier one left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from pydantic import ValidationError

from studio.catalog import Catalog
from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter
from studio.domain.errors import StudioError
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import nodes_in
from studio.services.people.model import People
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import Finder
from studio.services.workflows.folders import Folders
from studio.services.workflows.model import Shelf

_UNFINISHED = tuple(status for status in ExecutionStatus if not status.terminal)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class UpgradeFinding:
    """One check: ``level`` is ok, warning or blocked; texts are keys of the command line's with arguments."""

    check: str
    level: str
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


class NodeNeeds:
    """Which node types, and which versions of them, are needed and not there.

    Args:
        store: Executions and versions.
        records: Drafts and published versions.
        catalog: What is installed.
    """

    def __init__(self, store: Store, records: Records, catalog: Catalog) -> None:
        self._store = store
        self._records = records
        self._catalog = catalog

    async def findings(self) -> AsyncIterator[UpgradeFinding]:
        """What is missing, by what needs it. What only drafts need is a warning: nothing runs of it yet."""
        missing: dict[str, dict[str, int]] = {"drafts": {}, "published": {}, "executions": {}}
        for workspace in await self._workspaces():
            async for kind, nodes in self._documents(workspace):
                for type in self._missing(nodes):
                    missing[kind][type] = missing[kind].get(type, 0) + 1
        for kind, types in missing.items():
            for type, count in sorted(types.items()):
                level = "warning" if kind == "drafts" else "blocked"
                yield UpgradeFinding(f"nodes_{kind}", level, {"type": type, "count": count})
        if not any(missing.values()):
            yield UpgradeFinding("nodes", "ok")

    async def _workspaces(self) -> list[str]:
        found = [one.id for one in await People(self._records).workspaces.all(INSTANCE)]
        return list(dict.fromkeys([DEFAULT_WORKSPACE, *found]))

    async def _documents(self, workspace: str) -> AsyncIterator[tuple[str, list[tuple[str, int]]]]:
        shelf = Shelf(self._records)
        drafts = Drafts(shelf, Finder(shelf, Folders(shelf)), lambda: 0)
        hashes: dict[str, str] = {}
        for head in await shelf.workflows.all(workspace):
            if head.value.deleted_at is None:
                if head.value.published_hash:
                    hashes[head.value.published_hash] = "published"
                yield "drafts", _types_of((await drafts.load(workspace, head.id)).document)
        for status in _UNFINISHED:
            before: str | None = None
            while True:
                wanted = ExecutionFilter(workspace=workspace, status=(status,), before=before, limit=_PAGE)
                rows = await self._store.executions(wanted)
                hashes.update(dict.fromkeys((row.workflow_hash for row in rows), "executions"))
                if len(rows) < _PAGE:
                    break
                before = rows[-1].id
        for hash, kind in hashes.items():
            document = await self._store.version(workspace, hash)
            if document is not None:
                yield kind, _types_of(orjson.loads(document))

    def _missing(self, nodes: Iterable[tuple[str, int]]) -> set[str]:
        found: set[str] = set()
        for type, version in nodes:
            try:
                known = self._catalog.facts(type).version if type in self._catalog else 0
            except StudioError:
                known = 0
            if known < version:
                found.add(type)
        return found


def _types_of(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Types and versions of the nodes of a document; of a draft that does not fit the model, as far as they stand."""
    try:
        return [(node.type, node.version or 1) for node in nodes_in(Workflow.model_validate(document))]
    except (ValidationError, StudioError):
        return list(_named(document))


def _named(part: Any) -> Iterable[tuple[str, int]]:
    if not isinstance(part, dict):
        return
    for name, value in cast("dict[str, Any]", part).items():
        if name == "nodes" and isinstance(value, dict):
            for node in cast("dict[str, Any]", value).values():
                facts = cast("dict[str, Any]", node) if isinstance(node, dict) else {}
                type, version = facts.get("type"), facts.get("version")
                if isinstance(type, str):
                    yield type, version if isinstance(version, int) else 1
                yield from _named(facts)
        else:
            yield from _named(value)
