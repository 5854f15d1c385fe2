"""A draft in memory: its document, and which piece of the stored draft each member stands in."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from studio.contracts.records import Change as RecordChange
from studio.domain.errors import RecordChanged
from studio.domain.ids import new_id
from studio.services.editing import _tree
from studio.services.editing._tree import MISSING, Path
from studio.services.editing.model import OperationRecord, UndoState
from studio.services.workflows._parts import WHOLE, join, split
from studio.services.workflows.finding import no_workflow
from studio.services.workflows.model import Draft, DraftPart, PartRef, Shelf

_RUN = 48
_READS = 10
_SECTIONS: dict[str, Path] = {"nodes": ("nodes",), "edges": ("edges",), "positions": ("canvas", "positions")}


class Run:
    """Some members of a section that are stored together."""

    def __init__(self, section: str, ref: PartRef, keys: Iterable[str], size: int) -> None:
        self.section = section
        self.ref = ref
        self.keys = dict.fromkeys(keys)
        self.size = size


class Opened:
    """A draft that is being edited. Only who holds ``lock`` touches it."""

    def __init__(self, workspace: str, workflow: str) -> None:
        self.workspace = workspace
        self.workflow = workflow
        self.lock = asyncio.Lock()
        self.revision = 0
        self.tree: dict[str, Any] = {}
        self.log: list[OperationRecord] = []
        """The batches that made the newest revisions, without a gap."""
        self.undo: dict[str, tuple[int, UndoState]] = {}
        """Revision and content of what each account can take back."""
        self._rest = b""
        self._runs: dict[str, list[Run]] = {}
        self._where: dict[tuple[str, str], Run] = {}
        self.size = 0

    def forget(self) -> None:
        """Have it read again before it is used the next time."""
        self.revision = 0
        self.log = []
        self.undo = {}

    async def load(self, shelf: Shelf) -> None:
        """Read it.

        Raises:
            NotFound: There is no such draft.
        """
        for _ in range(_READS):
            kept = await shelf.drafts.get(self.workspace, self.workflow)
            if kept is None:
                raise no_workflow(self.workflow)
            found: dict[str, bytes] = {}
            if kept.value.parts:
                stored = await shelf.parts.all(self.workspace, parent=self.workflow)
                found = {one.id: one.value.data for one in stored}
            # A part that is not there was replaced between the two reads.
            if all(part.id in found for part in kept.value.parts):
                self.forget()
                pieces = [(part, found[part.id]) for part in kept.value.parts]
                await asyncio.to_thread(self._fill, kept.value.rest, pieces)
                self.revision = kept.revision
                return
        raise RecordChanged(
            "record.changed", "The {kind} was changed meanwhile. Load it again and repeat the change.",
            kind="draft", id=self.workflow,
        )  # fmt: skip

    def _fill(self, rest: bytes, pieces: Sequence[tuple[PartRef, bytes]]) -> None:
        document = join(rest, [(part.section, data) for part, data in pieces])
        self.tree = cast("dict[str, Any]", _tree.editable("document", document))
        self._rest, self._runs, self._where = rest, {}, {}
        for part, data in pieces:
            self._place(part, data)
        self.size = len(rest) + sum(len(data) for _, data in pieces)

    def _place(self, part: PartRef, data: bytes) -> None:
        content = msgspec.json.decode(data)
        keys = [_tree.edge_key(one) for one in content] if part.section == "edges" else list(content)
        run = Run(part.section, part, [key for key in keys if (part.section, key) not in self._where], len(data))
        self._runs.setdefault(part.section, []).append(run)
        self._where.update({(part.section, key): run for key in run.keys})

    def changes(self, shelf: Shelf, touched: Iterable[Path], by: str, at: int) -> list[RecordChange]:
        """What stores the draft after these paths were touched: the pieces around them, and the list of pieces."""
        workspace, changes = self.workspace, list[RecordChange]()
        paths = list(dict.fromkeys(touched))
        if self._runs:
            changes += self._pieces(shelf, paths)
        else:
            self._rest = msgspec.json.encode(_tree.plain("document", self.tree))
            self.size = len(self._rest)
            if self.size > WHOLE:
                found = split(_tree.plain("document", self.tree))
                self._rest = found.rest
                for part in found.parts:
                    self._place(part, found.fresh[part.id])
                changes += [
                    shelf.parts.put(workspace, id, DraftPart(workflow=self.workflow, data=data), expected=0)
                    for id, data in found.fresh.items()
                ]
        parts = [run.ref for section in _SECTIONS for run in self._runs.get(section, ())]
        draft = Draft(workflow=self.workflow, rest=self._rest, parts=parts, by=by, at=at)
        return [shelf.drafts.put(workspace, self.workflow, draft, expected=self.revision), *changes]

    def _pieces(self, shelf: Shelf, paths: Sequence[Path]) -> list[RecordChange]:
        dirty: dict[int, Run] = {}
        rest = False
        for path in paths:
            section, key = _member(path)
            if not section:
                rest = True
                continue
            run = self._run_of(section, key)
            rest = rest or (section == "positions" and "canvas" not in self.tree)
            if run is not None:
                dirty[id(run)] = run
        if rest:
            self._write_rest()
        changes: list[RecordChange] = []
        for run in dirty.values():
            changes += self._rewritten(shelf, run)
        return changes

    def _run_of(self, section: str, key: str) -> Run | None:
        """The run that a member stands in, or stood in until now."""
        run = self._where.get((section, key))
        there = _tree.get(self.tree, (*_SECTIONS[section], key)) is not MISSING
        if run is not None and not there:
            del run.keys[key], self._where[section, key]
        if run is None and there:
            runs = self._runs.setdefault(section, [])
            if not runs or len(runs[-1].keys) >= _RUN:
                self._write_rest()
                runs.append(Run(section, PartRef("", section, b""), (), 0))
            run = runs[-1]
            run.keys[key] = None
            self._where[section, key] = run
        return run

    def _rewritten(self, shelf: Shelf, run: Run) -> list[RecordChange]:
        changes: list[RecordChange] = []
        if run.ref.id:
            changes.append(shelf.parts.drop(self.workspace, run.ref.id))
        self.size -= run.size
        if not run.keys:
            self._runs[run.section].remove(run)
            return changes
        members = cast("dict[str, Any]", _tree.get(self.tree, _SECTIONS[run.section]))
        if run.section == "edges":
            content: Any = [members[key] for key in run.keys]
        elif run.section == "nodes":
            content = {key: _tree.plain("node", members[key]) for key in run.keys}
        else:
            content = {key: members[key] for key in run.keys}
        data = msgspec.json.encode(content)
        run.ref = PartRef(new_id(), run.section, hashlib.blake2b(data, digest_size=16).digest())
        run.size = len(data)
        self.size += run.size
        part = DraftPart(workflow=self.workflow, data=data)
        return [*changes, shelf.parts.put(self.workspace, run.ref.id, part, expected=0)]

    def _write_rest(self) -> None:
        """What stands in no piece, with a place for each section that does."""
        rest: dict[str, Any] = {**self.tree, "nodes": {}, "edges": []}
        if "canvas" in self.tree:
            rest["canvas"] = {**self.tree["canvas"], "positions": {}}
        self.size -= len(self._rest)
        self._rest = msgspec.json.encode(rest)
        self.size += len(self._rest)


def _member(path: Path) -> tuple[str, str]:
    if path[0] in ("nodes", "edges"):
        return path[0], path[1]
    return ("positions", path[2]) if path[:2] == ("canvas", "positions") and len(path) > 2 else ("", "")
