"""From a workflow of a workspace and what somebody gives it to a request that the engine can accept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from studio.contracts.stored import Idempotency
from studio.domain.access import Actor, Permission
from studio.domain.canonical import content_hash
from studio.domain.errors import Conflict, UserError, WorkflowInvalid
from studio.domain.ids import workflow_tag
from studio.domain.workflow import Workflow
from studio.engine import Charge, Engine, Grants, StartRequest
from studio.services._collection import Kept
from studio.services.policy import require
from studio.services.workflows.checking import Checker, errors_of
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import Finder, archived
from studio.services.workflows.model import Shelf, Version, WorkflowHead, answerable, version_id
from studio.services.workflows.naming import RESERVED_TAG
from studio.services.workflows.needs import Needs
from studio.services.workflows.publishing import MayUse
from studio.services.workflows.resolving import Resolved, Resolver, Why
from studio.validation import Problem
from studio.validation.inputs import coerce_inputs

_KEPT = 4096
"""Of so many versions it is remembered what they need, and who published them."""

Which: TypeAlias = int | Literal["published", "draft"]
"""What to start: the published version, the draft, or a version by its number."""

MayRun: TypeAlias = Callable[[str, Sequence[str], Needs], Awaitable[None]]
"""Refuses (AccessRefused) where the first of some accounts that still belongs to a workspace may not use something of
this: the publisher of a version, or else the owner of the workflow."""

AllowedHosts: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""Private hosts that the nodes of a workspace may reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions:
    """What a caller gives beside the inputs; as in ``StartRequest``. ``unchecked`` inputs are checked by the caller."""

    trigger: str = "api"
    event: Any = None
    mode: str = "run"
    until: str | None = None
    pinned: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tags: Sequence[str] = ()
    priority: int | None = None
    idempotency: Idempotency | None = None
    unchecked: bool = False


class Starting:
    """Makes start requests.

    Args:
        data: The data folder. What nodes reach of the host lies in ``files/<workspace>`` of it.
    """

    def __init__(
        self,
        shelf: Shelf,
        engine: Engine,
        finder: Finder,
        drafts: Drafts,
        checker: Checker,
        resolver: Resolver,
        *,
        may_use: MayUse,
        may_run: MayRun,
        allowed_hosts: AllowedHosts,
        data: Path,
    ) -> None:
        self._shelf = shelf
        self._engine = engine
        self._finder = finder
        self._drafts = drafts
        self._checker = checker
        self._resolver = resolver
        self._may_use = may_use
        self._may_run = may_run
        self._needs: OrderedDict[str, Needs] = OrderedDict()
        self._publishers: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._allowed_hosts = allowed_hosts
        self._data = data
        self._made: set[str] = set()

    async def start_request(
        self,
        actor: Actor,
        reference: str,
        which: Which = "published",
        inputs: Mapping[str, Any] | None = None,
        options: StartOptions | None = None,
    ) -> StartRequest:
        """A request to run a workflow, everything in it checked.

        A version runs with the rights of who published it; a draft needs the actor's own rights to edit it, to use what
        it uses and to run what it calls. Whoever says what nodes give does not run what was published: pinned
        outputs need the actor's own rights too.

        Args:
            actor: Who starts it.
            reference: Id or key of the workflow.
            which: Version, or the draft.
            inputs: Values by name.
            options: What else there is.

        Raises:
            NotFound: There is no such workflow or version.
            AccessRefused: The actor may not run it.
            Conflict: It is archived, or not published; or what it calls is not there any more.
            WorkflowInvalid: The inputs do not fit, or the draft has errors; carries every problem.
        """
        options = options or StartOptions()
        for tag in options.tags:
            if tag.startswith(RESERVED_TAG):
                raise UserError(
                    "execution.reserved_tag", "Tags that begin with {prefix} are set by Studio.", prefix=RESERVED_TAG
                ).at(param="tags")
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_EXECUTE)
        if which == "draft":
            workflow, resolved, charges = await self._draft(actor, head)
        else:
            workflow, resolved, charges = await self._version(actor.workspace, head, which)
        if options.pinned:
            await self.require_own(actor, head.id, workflow)
        return StartRequest(
            workflow=workflow,
            inputs=dict(inputs or {}) if options.unchecked else coerce_inputs(workflow, inputs or {}),
            calls=resolved.calls,
            identities={"": head.id, **{name: called.id for name, called in resolved.heads.items()}},
            charges=charges,
            workspace=actor.workspace,
            trigger=options.trigger,
            event=options.event,
            mode=options.mode,
            until=options.until,
            test=which == "draft",
            pinned=options.pinned,
            grants=Grants(
                folder=await self.folder(actor.workspace),
                allow_hosts=await self.hosts(actor.workspace),
                lang=actor.lang,
            ),
            tags=(workflow_tag(head.id), *options.tags),
            priority=options.priority,
            idempotency=options.idempotency,
        )

    async def require_own(self, actor: Actor, workflow_id: str | None, workflow: Workflow) -> None:
        """Let an actor decide what nodes of a workflow work on, other than by its inputs, or not.

        An approval that did not come, an amount that nobody checked: this is editing, for one execution.

        Raises:
            AccessRefused: The actor may not edit the workflow, or not use what it uses.
        """
        if workflow_id is None:
            require(actor, Permission.WORKFLOW_EDIT)
        else:
            await self._finder.find(actor, workflow_id, Permission.WORKFLOW_EDIT)
        await self._may_use(actor, await asyncio.to_thread(self._checker.needs, workflow))

    async def require_again(
        self,
        actor: Actor,
        workflow: Workflow,
        calls: Mapping[str, Workflow],
        identities: Mapping[str, str],
        *,
        even_archived: bool = False,
    ) -> dict[str, Charge]:
        """Let an execution run again as it was, or not; who answers for it then.

        Each version runs with what its publisher may use now. What was never published, or belongs to no workflow any
        more, needs the actor's own right to use it: it was somebody's draft.

        Raises:
            AccessRefused: A credential is not shared with the publisher any more, or not with the actor.
            Conflict: The workflow is archived.
        """
        charges: dict[str, Charge] = {}
        for name, one in {"": workflow, **calls}.items():
            id = identities.get(name)
            head = await self._shelf.workflows.get(actor.workspace, id) if id else None
            if not name and not even_archived and head is not None and head.value.archived_at is not None:
                raise archived(head.value)
            needs = await asyncio.to_thread(self._checker.needs, one)
            version = await self._published_as(actor.workspace, id, one) if head is not None and id else None
            if head is None or version is None:
                await self._may_use(actor, needs)
                charges[name] = Charge(actor.id)
            else:
                await self._may_run(actor.workspace, [version.by, answerable(head.value)], needs)
                charges[name] = Charge(version.by, head.id)
        return charges

    async def _published_as(self, workspace: str, id: str, workflow: Workflow) -> Version | None:
        """The newest version of a workflow that says the same as this document."""
        hash = await asyncio.to_thread(content_hash, workflow)
        page = await self._shelf.versions.page(
            workspace, parent=id, field="hash", value=hash, descending=True, limit=1
        )  # fmt: skip
        return page.items[0].value if page.items else None

    async def folder(self, workspace: str) -> str:
        """The folder of the host that a workspace's nodes reach; it is there afterwards."""
        folder = self._data.absolute() / "files" / workspace
        if workspace not in self._made:
            await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
            self._made.add(workspace)
        return str(folder)

    async def hosts(self, workspace: str) -> list[str]:
        """Private hosts that a workspace's nodes may reach."""
        return list(await self._allowed_hosts(workspace))

    async def _draft(self, actor: Actor, head: Kept[WorkflowHead]) -> tuple[Workflow, Resolved, dict[str, Charge]]:
        head = await self._finder.find(actor, head.id, Permission.WORKFLOW_EDIT)
        draft = await self._drafts.load(actor.workspace, head.id)
        workflow = await asyncio.to_thread(Workflow.model_validate, draft.document)
        problems, resolved = await self._checker.check(actor, workflow, head)
        if errors_of(problems):
            raise WorkflowInvalid(problems)
        await self._may_use(actor, await asyncio.to_thread(self._checker.needs, workflow))
        own = Charge(actor.id)
        # Where it calls itself, the draft is meant.
        charges = {"": own, **dict.fromkeys(resolved.calls, own)}
        return workflow, resolved, charges | await self._check_called(actor.workspace, resolved)

    async def _version(
        self, workspace: str, head: Kept[WorkflowHead], which: Which
    ) -> tuple[Workflow, Resolved, dict[str, Charge]]:
        hash = head.value.published_hash
        if isinstance(which, int):
            hash = (await self._shelf.versions.need(workspace, version_id(head.id, which))).value.hash
        elif not head.value.published:
            raise Conflict("workflow.not_published", "{name} is not published yet.", name=head.value.name)
        workflow, names = await self._resolver.version(workspace, hash)
        # The engine need not compute the hash of a version that it has seen.
        self._engine.remember(workflow, hash)
        resolved = await self._resolver.resolve(workspace, names)
        if resolved.missing:
            raise WorkflowInvalid([_missing(name, why) for name, why in resolved.missing.items()])
        number = which if isinstance(which, int) else head.value.published
        own = await self._check_needs(workspace, head, number, hash, workflow)
        return workflow, resolved, {"": own, **await self._check_called(workspace, resolved)}

    async def _check_called(self, workspace: str, resolved: Resolved) -> dict[str, Charge]:
        """What is called runs with the right of its own publishers."""
        charges: dict[str, Charge] = {}
        for name, called in resolved.heads.items():
            hash, workflow = called.value.published_hash, resolved.calls[name]
            self._engine.remember(workflow, hash)
            charges[name] = await self._check_needs(workspace, called, called.value.published, hash, workflow)
        return charges

    async def _check_needs(
        self, workspace: str, head: Kept[WorkflowHead], number: int, hash: str, workflow: Workflow
    ) -> Charge:
        """A version runs with what its publisher may use now, not with that of back then; who answers for it."""
        needs = self._needs.get(hash)
        if needs is None:
            needs = self._needs[hash] = await asyncio.to_thread(self._checker.needs, workflow)
            if len(self._needs) > _KEPT:
                self._needs.popitem(last=False)
        by = await self._publisher(workspace, version_id(head.id, number))
        if any(needs):
            await self._may_run(workspace, [by, answerable(head.value)], needs)
        return Charge(by, head.id)

    async def _publisher(self, workspace: str, version: str) -> str:
        """Who published a version. That stays what it is."""
        known = self._publishers.get((workspace, version))
        if known is None:
            known = (await self._shelf.versions.need(workspace, version)).value.by
            self._publishers[workspace, version] = known
            if len(self._publishers) > _KEPT:
                self._publishers.popitem(last=False)
        return known


def _missing(name: str, why: Why) -> Problem:
    if why is Why.UNPUBLISHED:
        return Problem(
            code="workflow.call_unpublished",
            template="the workflow `{name}` is not published",
            arguments={"name": name},
        )
    return Problem(code="workflow.call_unknown", template="there is no workflow `{name}`", arguments={"name": name})
