"""Calls between the workflows of a workspace: what a key or an id stands for when an execution starts.

``flow.call`` and ``error_workflow`` name a workflow by its key or its id. Each is the version that is published at that
moment, and so is what it calls in turn; an execution keeps to these versions until its end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from studio.contracts.store import Store
from studio.domain.errors import NotFound
from studio.domain.workflow import Node, Workflow
from studio.services._collection import Kept
from studio.services._tree import map_nodes, nodes_of
from studio.services.documents import CALL
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import WorkflowHead

_KEPT = 512
"""So many versions are kept in memory."""


class Why(StrEnum):
    """Why a reference cannot be followed."""

    UNKNOWN = "unknown"
    UNPUBLISHED = "unpublished"
    REFUSED = "refused"


MayCall: TypeAlias = Callable[[Kept[WorkflowHead]], Awaitable[Why | None]]
"""Says why somebody may not call a workflow directly, None where they may."""


@dataclass(slots=True)
class Resolved:
    """What the references of a workflow, and of all that it calls, stand for."""

    calls: dict[str, Workflow] = field(default_factory=dict[str, Workflow])
    heads: dict[str, Kept[WorkflowHead]] = field(default_factory=dict[str, Kept[WorkflowHead]])
    missing: dict[str, Why] = field(default_factory=dict[str, Why])


def references(workflow: Workflow) -> Iterator[str]:
    """The workflows that a workflow names: in calls at every depth, and as its error workflow."""
    for _path, node in nodes_of(workflow):
        for type, params in ((node.type, node.params), *((one.type, one.params) for one in node.fallback)):
            name = params.get("workflow")
            if type == CALL and isinstance(name, str) and "{{" not in name:
                yield name
    if workflow.settings.error_workflow is not None:
        yield workflow.settings.error_workflow


def with_references(workflow: Workflow, names: Mapping[str, str]) -> Workflow:
    """The workflow with other names for what it calls."""

    def rename(node: Node) -> Node:
        if node.type == CALL and (name := names.get(str(node.params.get("workflow")))) is not None:
            node = node.model_copy(update={"params": {**node.params, "workflow": name}})
        if any(one.type == CALL for one in node.fallback):
            fallback = [
                one.model_copy(update={"params": {**one.params, "workflow": names[str(one.params.get("workflow"))]}})
                if one.type == CALL and str(one.params.get("workflow")) in names
                else one
                for one in node.fallback
            ]
            node = node.model_copy(update={"fallback": fallback})
        return node

    changed = map_nodes(workflow, rename)
    name = names.get(workflow.settings.error_workflow or "")
    if name is None:
        return changed
    return changed.model_copy(update={"settings": changed.settings.model_copy(update={"error_workflow": name})})


class Resolver:
    """Resolves references, and reads frozen versions."""

    def __init__(self, store: Store, finder: Finder) -> None:
        self._store = store
        self._finder = finder
        self._kept: OrderedDict[tuple[str, str], Workflow] = OrderedDict()

    async def version(self, workspace: str, hash: str) -> Workflow:
        """A frozen version by its content hash. One object while it is in use, so that the engine knows it again.

        Raises:
            NotFound: It is not kept here.
        """
        known = self._kept.get((workspace, hash))
        if known is None:
            document = await self._store.version(workspace, hash)
            if document is None:
                raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.", hash=hash)
            known = self._kept[workspace, hash] = Workflow.model_validate_json(document)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end((workspace, hash))
        return known

    async def resolve(
        self,
        workspace: str,
        workflow: Workflow,
        *,
        may: MayCall | None = None,
        itself: Mapping[str, Workflow] | None = None,
    ) -> Resolved:
        """Everything that a workflow calls, at any depth.

        Args:
            workspace: Whose workflows.
            workflow: Where to begin.
            may: Asked of what ``workflow`` names itself; what is called in turn was allowed when it was published.
            itself: What certain references stand for instead of a published version: a workflow about to be published
                that may be called by what it calls.
        """
        found = Resolved()
        pending = [(name, may) for name in dict.fromkeys(references(workflow))]
        while pending:
            name, asked = pending.pop()
            if name in found.calls or name in found.missing:
                continue
            if itself is not None and name in itself:
                found.calls[name] = itself[name]
                continue
            head = await self._finder.any(workspace, name)
            why = await self._why(head, asked)
            if why is not None or head is None:
                found.missing[name] = why or Why.UNKNOWN
                continue
            found.heads[name] = head
            called = found.calls[name] = await self.version(workspace, head.value.published_hash)
            pending += [(inner, None) for inner in dict.fromkeys(references(called))]
        return found

    @staticmethod
    async def _why(head: Kept[WorkflowHead] | None, may: MayCall | None) -> Why | None:
        if head is None or head.value.deleted_at is not None:
            return Why.UNKNOWN
        if may is not None and (why := await may(head)) is not None:
            return why
        return Why.UNPUBLISHED if not head.value.published or head.value.archived_at is not None else None
