"""Every problem of a workflow in its workspace: by the catalogue, the other workflows, and what somebody may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from studio.catalog import Catalog
from studio.domain.access import Actor, Permission
from studio.domain.workflow import Workflow
from studio.services._collection import Kept
from studio.services.workflows._threads import aside
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import WorkflowHead
from studio.services.workflows.naming import RESERVED_TAG
from studio.services.workflows.needs import Needs, needs_of
from studio.services.workflows.reading import written
from studio.services.workflows.resolving import Resolved, Resolver, Why, references
from studio.validation import Loaded, Problem, load
from studio.validation.check import check

_UNKNOWN = ("workflow.call_unknown", "workflow.error_workflow_unknown")


class Checker:
    """Checks documents and drafts. It never executes anything of them."""

    def __init__(self, catalog: Catalog, drafts: Drafts, finder: Finder, resolver: Resolver) -> None:
        self._catalog = catalog
        self._drafts = drafts
        self._finder = finder
        self._resolver = resolver

    def needs(self, workflow: Workflow) -> Needs:
        """What a workflow uses that takes a right."""
        return needs_of(workflow, self._catalog)

    async def document(
        self, actor: Actor, document: Mapping[str, Any] | str, head: Kept[WorkflowHead] | None = None
    ) -> list[Problem]:
        """Every problem of a document, with lines and columns where it is text."""
        text, source = written(document)
        loaded = await aside(load, text, source=source)
        found = await self.problems(actor, loaded, head)
        if isinstance(document, str):
            return found
        return [msgspec.structs.replace(one, line=None, column=None) for one in found]

    async def draft(
        self, actor: Actor, reference: str, document: Mapping[str, Any] | str | None = None
    ) -> list[Problem]:
        """Every problem of a draft, or of a document as if it were the draft.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._finder.find(actor, reference)
        if document is not None:
            return await self.document(actor, document, head)
        draft = await self._drafts.load(actor.workspace, head.id)
        workflow = await aside(Workflow.model_validate, draft.document)
        return (await self.check(actor, workflow, head))[0]

    async def problems(self, actor: Actor, loaded: Loaded, head: Kept[WorkflowHead] | None = None) -> list[Problem]:
        """Every problem of what was read, in the order of the text."""
        if loaded.draft is None:
            return list(loaded.problems)
        return (await self._check(actor, loaded, loaded.draft, head))[0]

    async def check(
        self, actor: Actor, workflow: Workflow, head: Kept[WorkflowHead] | None
    ) -> tuple[list[Problem], Resolved]:
        """Every problem of a workflow, and what its references stand for."""
        return await self._check(actor, workflow, workflow, head)

    async def _check(
        self, actor: Actor, what: Loaded | Workflow, workflow: Workflow, head: Kept[WorkflowHead] | None
    ) -> tuple[list[Problem], Resolved]:
        async def may(called: Kept[WorkflowHead]) -> Why | None:
            if await self._finder.allows(actor, Permission.WORKFLOW_EXECUTE, called.value):
                return None
            seen = await self._finder.allows(actor, Permission.WORKFLOW_VIEW, called.value)
            return Why.REFUSED if seen else Why.UNKNOWN

        itself = {head.id: workflow, head.value.key: workflow} if head is not None else None
        names = references(workflow, self._catalog)
        resolved = await self._resolver.resolve(actor.workspace, names, may=may, itself=itself)
        found = await aside(check, what, self._catalog, resolve_call=resolved.calls.get)
        found = [_explained(one, resolved) for one in found]
        return [*found, *_reserved(workflow)], resolved


def _explained(found: Problem, resolved: Resolved) -> Problem:
    """A call that cannot be followed, with the reason."""
    name = str(found.arguments.get("name", ""))
    why = resolved.missing.get(name) if found.code in _UNKNOWN else None
    if why is Why.UNPUBLISHED:
        what = Problem(code="workflow.call_unpublished", template="the workflow `{name}` is not published")
    elif why is Why.REFUSED:
        what = Problem(code="workflow.call_not_yours", template="you may not run the workflow `{name}`")
    else:
        return found
    return msgspec.structs.replace(found, code=what.code, template=what.template, suggestion=None)


def _reserved(workflow: Workflow) -> Iterator[Problem]:
    for tag in workflow.settings.tags:
        if tag.startswith(RESERVED_TAG):
            yield Problem(
                code="workflow.reserved_tag",
                template="tags that begin with `{prefix}` are set by Studio",
                arguments={"prefix": RESERVED_TAG},
                param="settings.tags",
            )


def errors_of(problems: Sequence[Problem]) -> list[Problem]:
    """Those that keep a workflow from running."""
    return [one for one in problems if one.severity == "error"]
