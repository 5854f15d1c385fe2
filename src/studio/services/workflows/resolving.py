"""Calls between the workflows of a workspace: what a key or an id stands for when an execution starts.

``flow.call`` and ``error_workflow`` name a workflow by its key or its id. Each is the version that is published at that
moment, and so is what it calls in turn; an execution keeps to these versions until its end.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias, cast

from studio.catalog import Catalog
from studio.contracts.store import Store
from studio.domain.errors import NotFound
from studio.domain.workflow import Node, Workflow
from studio.services._collection import Kept
from studio.services._tree import map_nodes, nodes_of
from studio.services.documents import called_by, naming_params
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


class Frozen(NamedTuple):
    """A version, and the references in it."""

    workflow: Workflow
    references: tuple[str, ...]


@dataclass(slots=True)
class Resolved:
    """What the references of a workflow, and of all that it calls, stand for."""

    calls: dict[str, Workflow] = field(default_factory=dict[str, Workflow])
    heads: dict[str, Kept[WorkflowHead]] = field(default_factory=dict[str, Kept[WorkflowHead]])
    missing: dict[str, Why] = field(default_factory=dict[str, Why])


def references(workflow: Workflow, catalog: Catalog) -> tuple[str, ...]:
    """The workflows that a workflow names: in calls at every depth, and as its error workflow."""
    naming: dict[str, tuple[str, ...]] = {}
    found: dict[str, None] = {}
    for _path, node in nodes_of(workflow):
        if node.type not in naming:
            naming[node.type] = naming_params(catalog, node.type)
        found.update((name, None) for _param, name in called_by(node, naming[node.type]))
    if workflow.settings.error_workflow is not None:
        found[workflow.settings.error_workflow] = None
    return tuple(found)


def with_references(workflow: Workflow, catalog: Catalog, names: Mapping[str, str]) -> Workflow:
    """The workflow with other names for what it calls."""

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(one) for one in cast("list[Any]", value)]
        return names.get(value, value) if isinstance(value, str) else value

    def rename(node: Node) -> Node:
        named = {param: node.params[param] for param in naming_params(catalog, node.type) if param in node.params}
        changed = {param: renamed(value) for param, value in named.items()}
        return node.model_copy(update={"params": {**node.params, **changed}}) if changed != named else node

    changed = map_nodes(workflow, rename)
    name = names.get(workflow.settings.error_workflow or "")
    if name is None:
        return changed
    return changed.model_copy(update={"settings": changed.settings.model_copy(update={"error_workflow": name})})


class Resolver:
    """Resolves references, and reads frozen versions."""

    def __init__(self, store: Store, catalog: Catalog, finder: Finder) -> None:
        self._store = store
        self._catalog = catalog
        self._finder = finder
        self._kept: OrderedDict[tuple[str, str], Frozen] = OrderedDict()

    async def version(self, workspace: str, hash: str) -> Frozen:
        """A frozen version by its content hash. One object while it is in use, so that the engine knows it again.

        Raises:
            NotFound: It is not kept here.
        """
        known = self._kept.get((workspace, hash))
        if known is None:
            document = await self._store.version(workspace, hash)
            if document is None:
                raise NotFound("workflow.version_gone", "The workflow version {hash} is not kept here.", hash=hash)
            workflow = await asyncio.to_thread(Workflow.model_validate_json, document)
            known = self._kept[workspace, hash] = Frozen(workflow, references(workflow, self._catalog))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end((workspace, hash))
        return known

    async def resolve(
        self,
        workspace: str,
        names: Sequence[str],
        *,
        may: MayCall | None = None,
        itself: Mapping[str, Workflow] | None = None,
    ) -> Resolved:
        """Everything that a workflow calls, at any depth.

        Args:
            workspace: Whose workflows.
            names: The references of the workflow itself.
            may: Asked of these; what is called in turn was allowed when it was published.
            itself: What certain references stand for instead of a published version: a workflow about to be published
                that may be called by what it calls.
        """
        found = Resolved()
        pending = [(name, may) for name in names]
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
            called = await self.version(workspace, head.value.published_hash)
            found.calls[name] = called.workflow
            pending += [(inner, None) for inner in called.references]
        return found

    @staticmethod
    async def _why(head: Kept[WorkflowHead] | None, may: MayCall | None) -> Why | None:
        if head is None or head.value.deleted_at is not None:
            return Why.UNKNOWN
        if may is not None and (why := await may(head)) is not None:
            return why
        return Why.UNPUBLISHED if not head.value.published or head.value.archived_at is not None else None
