"""What was done to a draft, by revision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from studio.domain.access import Actor
from studio.domain.errors import StudioError
from studio.services.editing._opened import Opened
from studio.services.editing.model import KEPT, EditingShelf, OperationRecord, operation_id
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf

_PAGE = 500
_MOST = 2000


class LogGone(StudioError):
    """The operations after a revision are not kept any more, or the draft was replaced as a whole."""


class Since(NamedTuple):
    """Batches after a revision, and the revision of the draft."""

    records: list[OperationRecord]
    revision: int


class History:
    """Reads and clears the record of operations."""

    in_memory = 500
    clear_every = 200

    def __init__(self, shelf: EditingShelf, drafts: Shelf, finder: Finder) -> None:
        self._shelf = shelf
        self._drafts = drafts
        self._finder = finder

    async def since(self, opened: Opened, base: int) -> Sequence[OperationRecord]:
        """The batches that led from a revision to the one in memory.

        Raises:
            LogGone: They are not all there.
        """
        wanted = opened.revision - base
        if wanted <= len(opened.log):
            return opened.log[len(opened.log) - wanted :] if wanted else []
        found = await self.between(opened.workspace, opened.workflow, base, opened.revision)
        if len(found) <= 2 * self.in_memory:
            opened.log = [*found]
        return found

    async def between(self, workspace: str, workflow: str, after: int, until: int) -> list[OperationRecord]:
        """The batches that made the revisions above ``after`` and up to ``until``.

        Raises:
            LogGone: They are not all there.
        """
        if until - after > _MOST:
            raise log_gone()
        found: list[OperationRecord] = []
        while len(found) < until - after:
            last = operation_id(workflow, after + len(found))
            limit = min(_PAGE, until - after - len(found))
            page = await self._shelf.operations.page(workspace, parent=workflow, after=("", last), limit=limit)
            for one in page.items:
                if one.value.revision != after + len(found) + 1:
                    raise log_gone()
                found.append(one.value)
            if not page.items:
                raise log_gone()
        return found

    async def after(self, actor: Actor, reference: str, revision: int, limit: int) -> Since:
        """What was done after a revision, the oldest first.

        Raises:
            NotFound: There is no such workflow.
            LogGone: It is too long ago, or the draft was replaced since: load it anew.
        """
        head = await self._finder.find(actor, reference)
        return await self.after_revision(actor.workspace, head.id, revision, limit)

    async def after_revision(self, workspace: str, workflow: str, revision: int, limit: int) -> Since:
        """The same, by the workflow's id. Asks no permission."""
        draft = await self._drafts.drafts.need(workspace, workflow)
        if not 1 <= revision <= draft.revision:
            raise log_gone()
        until = min(draft.revision, revision + limit)
        return Since(await self.between(workspace, workflow, revision, until), draft.revision)

    async def clear(self, workspace: str, workflow: str, revision: int) -> None:
        """Drop the operations that are too many."""
        while True:
            page = await self._shelf.operations.page(workspace, parent=workflow, limit=_PAGE)
            old = [one for one in page.items if one.value.revision <= revision - KEPT]
            if old:
                await self._shelf.records.commit([self._shelf.operations.drop(workspace, one.id) for one in old])
            if len(old) < _PAGE:
                return


def log_gone() -> LogGone:
    """The error for a revision whose successors are not known."""
    return LogGone(
        "editing.log_gone", "What was changed since that revision is not known any more. Load the draft anew."
    )
