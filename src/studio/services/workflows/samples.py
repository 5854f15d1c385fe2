"""Sample workflows over real data, which a workspace has from its first day, published and ready to run."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path
from typing import Any, cast

import studio
from studio.catalog import Catalog
from studio.contracts.records import AuditDraft, Change
from studio.contracts.store import Store
from studio.domain.access import GRANTABLE, Actor, ActorKind, Role
from studio.domain.canonical import canonical, content_hash, plain_workflow
from studio.domain.errors import RecordChanged, StudioError
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, new_id
from studio.domain.workflow import Workflow
from studio.services._clock import Clock
from studio.services.auditing import entry
from studio.services.people.model import People
from studio.services.workflows.checking import errors_of
from studio.services.workflows.files import File, connect, read_files
from studio.services.workflows.folders import Folders
from studio.services.workflows.making import Making
from studio.services.workflows.model import ROOT, Folder, Marker, Shelf
from studio.services.workflows.publishing import frozen
from studio.services.workflows.starting import Starting
from studio.validation import Problem
from studio.validation.check import check

_LOG = logging.getLogger("studio.services")
FOLDER = "Samples"
_MARKER = "samples"
_PLACE = "samples"
"""Where their data lies in the workspace's folder."""
_READ, _WRITTEN = "data/", "out/"
# The rain alert of the examples is not among them: it sends to a service that it expects on this machine.
NAMES = (
    "quakes.yaml", "quake_report.yaml", "flights.yaml", "films.yaml", "taxi.yaml", "parts/share.yaml", "stocks.yaml",
    "approval.yaml",
)  # fmt: skip


def source() -> Path:
    """The folder of samples that comes with the package; in a checkout its examples."""
    package = Path(studio.__file__).resolve().parent
    packed = package / "samples"
    return packed if packed.is_dir() else package.parent.parent / "examples"


class Samples:
    """Puts the samples into a workspace, once."""

    def __init__(
        self,
        shelf: Shelf,
        store: Store,
        catalog: Catalog,
        folders: Folders,
        making: Making,
        starting: Starting,
        people: People,
        clock: Clock,
    ) -> None:
        self._shelf = shelf
        self._store = store
        self._catalog = catalog
        self._folders = folders
        self._making = making
        self._starting = starting
        self._people = people
        self._clock = clock

    async def install(self, workspace: str, owner: str) -> int:
        """Put the samples into a workspace that never had them; gives how many workflows that made.

        Everything is one commit: a crash leaves no half of it, and of two at once one does it. Whoever deletes them
        does not see them again.
        """
        if await self._shelf.markers.get(workspace, _MARKER) is not None or not source().is_dir():
            return 0
        actor = Actor(kind=ActorKind.SYSTEM, id=owner, name="Studio", workspace=workspace, permissions=GRANTABLE)
        home = Path(await self._starting.folder(workspace)) / _PLACE
        files = await asyncio.to_thread(_copied, home)
        workflows = await self._ready(workspace, files)
        changes: list[Change] = [self._shelf.markers.put(workspace, _MARKER, Marker(at=self._clock()), expected=0)]
        audit: list[AuditDraft] = []
        folder = await self._folder(actor, changes, audit)
        for key, workflow in workflows.items():
            await self._add(actor, key, workflow, folder, changes, audit)
        try:
            await self._shelf.records.commit(changes, audit)
        except RecordChanged:
            return 0  # somebody else was quicker
        return len(workflows)

    async def try_install(self, workspace: str, owner: str) -> None:
        """Install the samples as far as that goes: that it does not is no reason to refuse a set-up."""
        try:
            await self.install(workspace, owner)
        except (StudioError, OSError):
            _LOG.exception("the sample workflows could not be installed")

    async def make_up(self) -> None:
        """Put the samples into the first workspace where a set-up that was cut off left them out."""
        members = await self._people.members.all(INSTANCE, parent=DEFAULT_WORKSPACE)
        owner = next((one.value.account for one in members if one.value.role == Role.ADMIN), None)
        if owner is not None and not await self._shelf.workflows.count(DEFAULT_WORKSPACE):
            await self.try_install(DEFAULT_WORKSPACE, owner)

    async def _ready(self, workspace: str, files: list[File]) -> dict[str, Workflow]:
        """The samples that run here, by key: all that are sound, and call only such."""
        incoming = await read_files(files)
        taken: list[str] = []
        for one in incoming:
            one.key = await self._making.free_key(workspace, Path(one.name).stem.replace("_", "-"), taken)
            taken.append(one.key)
        connect(incoming, self._catalog)
        found = {one.key: Workflow.model_validate(_placed(plain_workflow(one.workflow))) for one in incoming}

        def unsound() -> list[str]:
            problems: dict[str, list[Problem]] = {
                key: errors_of(check(workflow, self._catalog, resolve_call=found.get))
                for key, workflow in found.items()
            }
            return [key for key, errors in problems.items() if errors]

        # A node type that is not installed here takes its workflow out, and then those that call it.
        while wrong := await asyncio.to_thread(unsound):
            for key in wrong:
                del found[key]
        return found

    async def _folder(self, actor: Actor, changes: list[Change], audit: list[AuditDraft]) -> str:
        tree = await self._folders.tree(actor.workspace)
        used = {one.value.name.casefold() for one in tree.folders.values() if one.value.parent == ROOT}
        names = (FOLDER if number == 1 else f"{FOLDER} {number}" for number in range(1, len(used) + 2))
        name = next(one for one in names if one.casefold() not in used)
        id = new_id()
        changes.append(self._shelf.folders.put(actor.workspace, id, Folder(name=name, created_by=actor.id), expected=0))
        audit.append(entry(actor, "folder.created", kind="folder", id=id, name=name, after={"name": name}))
        return id

    async def _add(
        self, actor: Actor, key: str, workflow: Workflow, folder: str, changes: list[Change], audit: list[AuditDraft]
    ) -> None:
        hash, document = content_hash(workflow), canonical(workflow)
        await self._store.put_version(actor.workspace, hash, workflow.name, document)
        tree = plain_workflow(workflow)
        id, made, created = self._making.changes(actor, tree, key, folder, ["sample"], sample=key, published=hash)
        changes += made
        changes += frozen(self._shelf, actor, id, 1, tree, hash, note="", at=self._clock())
        audit.append(created)


def _copied(home: Path) -> list[File]:
    """Copy the data of the samples, and read their workflows."""
    shutil.copytree(source() / "data", home / "data", dirs_exist_ok=True)
    return [File(name, (source() / name).read_text(encoding="utf-8")) for name in NAMES]


def _placed(value: Any) -> Any:
    """A document with the paths of its files as they are in the workspace's folder."""
    if isinstance(value, str):
        return f"{_PLACE}/{value}" if value.startswith((_READ, _WRITTEN)) else value
    if isinstance(value, dict):
        return {name: _placed(inner) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_placed(inner) for inner in cast("list[Any]", value)]
    return value
