"""Drafts as workflows, kept while they do not change: whoever types an expression asks many times for the same one."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from studio.domain.workflow import Workflow
from studio.services.workflows._threads import aside
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import no_workflow
from studio.services.workflows.model import Shelf

_KEPT = 32


class Outline(NamedTuple):
    """A draft at a revision."""

    revision: int
    workflow: Workflow


class Outlines:
    """Reads drafts as workflows."""

    def __init__(self, shelf: Shelf, drafts: Drafts) -> None:
        self._shelf = shelf
        self._drafts = drafts
        self._kept: OrderedDict[tuple[str, str], Outline] = OrderedDict()

    async def of(self, workspace: str, workflow: str) -> Outline:
        """The draft of a workflow, by its id. Asks no permission.

        Raises:
            NotFound: There is no such workflow.
        """
        stored = await self._shelf.drafts.get(workspace, workflow)
        if stored is None:
            raise no_workflow(workflow)
        key = (workspace, workflow)
        known = self._kept.get(key)
        if known is None or known.revision != stored.revision:
            loaded = await self._drafts.load(workspace, workflow)
            known = Outline(loaded.revision, await aside(Workflow.model_validate, loaded.document))
            self._kept[key] = known
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return known
