"""All services of a server, made over its store, engine and catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Change, Records
from studio.contracts.store import Store
from studio.domain.access import Actor
from studio.domain.settings import ServerSettings
from studio.domain.workflow import Workflow
from studio.services._clock import Clock

if TYPE_CHECKING:
    from studio.catalog import Catalog
    from studio.crypto.passwords import Passwords
    from studio.engine import Engine
    from studio.services.audit.audit import Audit
    from studio.services.comments.comments import Comments
    from studio.services.comments.mentions import Mentions
    from studio.services.comments.reading import ReadingComments
    from studio.services.editing.editing import Editing
    from studio.services.editing.feed import Feed
    from studio.services.editing.following import Following
    from studio.services.editing.presence import Present
    from studio.services.executing.executing import Executing
    from studio.services.expressing.previewing import Previewing
    from studio.services.expressing.scoping import Scoping
    from studio.services.forms import Forms
    from studio.services.gateway.gateway import Gateway
    from studio.services.nodes import Nodes
    from studio.services.notices.mentioning import Mentioning
    from studio.services.notices.notices import Notices
    from studio.services.operation.operation import Operation
    from studio.services.people.accounts import Accounts
    from studio.services.people.directory import Directory
    from studio.services.people.holdings import Holdings
    from studio.services.people.letters import Say
    from studio.services.people.model import People
    from studio.services.people.sessions import Sessions
    from studio.services.pinning.pinning import Pinning
    from studio.services.planning.planning import Planning
    from studio.services.scim.scim import Scim
    from studio.services.sso.sso import SingleSignOn
    from studio.services.tables.tables import Tables, TableStore
    from studio.services.vault.hidden import Hidden
    from studio.services.vault.lookup import Lookup
    from studio.services.vault.services import VaultServices
    from studio.services.vault.stores import SecretSender
    from studio.services.workflows.workflows import Workflows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the services stand on."""

    store: Store
    records: Records
    blobs: BlobStore
    engine: Engine
    catalog: Catalog
    clock: Clock
    data: Path
    lookup: Lookup
    tables: TableStore
    sender: SecretSender
    allow_hosts: tuple[str, ...]
    say: Say
    backup: Callable[[Path], Awaitable[object]]
    sizes: Callable[[], Awaitable[Mapping[str, int]]]


class Platform:
    """The services, each made when it is first asked for."""

    def __init__(self, ports: Ports, settings: ServerSettings) -> None:
        self.ports = ports
        self.settings = settings
        self.address = settings.public_url.rstrip("/")
        """What people type to reach this server; known from the settings or, without, once it listens."""
        self.draining = False
        """Whether the server was told to stop: nothing more is started."""
        self.closing = asyncio.Event()
        """Set when the server is about to stop: what stays open otherwise ends."""

    @cached_property
    def people(self) -> People:
        """Where accounts and what belongs to them are kept."""
        from studio.services.people.model import People

        return People(self.ports.records)

    @cached_property
    def passwords(self) -> Passwords:
        """Hashing of passwords, a few at a time."""
        from studio.crypto.passwords import Passwords

        return Passwords()

    @cached_property
    def directory(self) -> Directory:
        """Everything about people and workspaces."""
        from studio.services.notices.mail import mailer
        from studio.services.people.directory import Directory

        return Directory(
            self.people, self.passwords, self.ports.clock, mailer=mailer(self.settings), say=self.ports.say,
            address=lambda: self.address, open=self.settings.open_workspaces, holdings=self.holdings,
        )  # fmt: skip

    @cached_property
    def holdings(self) -> Sequence[Holdings]:
        """What keeps things for people, so that they end or are handed on when somebody leaves."""
        from studio.services.people.holdings import KeyHoldings, WorkflowHoldings
        from studio.services.vault.leaving import CredentialHoldings, GrantHoldings

        lookup = self.ports.lookup
        return (
            KeyHoldings(self.gateway.shelf, self.gateway.keys), WorkflowHoldings(self.workflows.shelf),
            CredentialHoldings(lookup.vault), GrantHoldings(
                lookup.vault, lookup.hiding, lambda: self.vault.connecting, self.ports.clock
            ),
        )  # fmt: skip

    @cached_property
    def sessions(self) -> Sessions:
        """Signing in and out."""
        return self.directory.sessions

    @cached_property
    def scim(self) -> Scim:
        """What directories write here."""
        from studio.services.scim.scim import Scim

        return Scim(self.directory)

    @cached_property
    def sso(self) -> SingleSignOn:
        """Identity providers."""
        from studio.services.sso.sso import SingleSignOn

        return SingleSignOn(self.directory, self.ports.clock, self.operation.egress.allowed)

    @cached_property
    def accounts(self) -> Accounts:
        """Accounts."""
        return self.directory.accounts

    @cached_property
    def nodes(self) -> Nodes:
        """The node types."""
        from studio.services.nodes import Nodes

        return Nodes(self.ports.catalog)

    @cached_property
    def forms(self) -> Forms:
        """Forms of nodes and the choices in them."""
        from studio.services.forms import Forms

        engine, may_use = self.ports.engine, self.vault.using.require
        return Forms(self.ports.catalog, engine.host, may_use, self.workflows.allowed_hosts)

    @cached_property
    def executing(self) -> Executing:
        """Executions: starting them, looking at them, acting on them."""
        from studio.services.executing.executing import Executing

        async def pinned(workspace: str, workflow: str, document: Workflow) -> Mapping[str, object]:
            return await self.pinning.for_run(workspace, workflow, document)

        return Executing(
            self.ports.engine, self.ports.blobs, self.ports.records, self.workflows,
            hidden=self.hidden, pinned=pinned,
            admit=lambda actor, workflow: self.gateway.counting.admit(actor, workflow),
        )  # fmt: skip

    @cached_property
    def previewing(self) -> Previewing:
        """What expressions give, while they are written."""
        from studio.services.expressing.previewing import make_previewing

        return make_previewing(self)

    @cached_property
    def pinning(self) -> Pinning:
        """Outputs that are pinned beside drafts."""
        from studio.services.pinning.pinning import Pinning

        ports, flows, previews = self.ports, self.workflows, self.previewing
        return Pinning(
            ports.records, ports.catalog, flows.finder, self.executing.finder, previews.outlines, previews.recordings,
            self.hidden, ports.clock,
        )  # fmt: skip

    @cached_property
    def planning(self) -> Planning:
        """What trials of drafts would do."""
        from studio.services.planning.effects import Effects
        from studio.services.planning.planning import Planning

        ports, flows, previews = self.ports, self.workflows, self.previewing
        return Planning(
            ports.store, ports.catalog, flows.finder, self.executing.finder, previews.outlines, previews.recordings,
            self.pinning, Effects(ports.catalog, flows.finder, flows.resolver),
        )  # fmt: skip

    @cached_property
    def scoping(self) -> Scoping:
        """Which names expressions find."""
        from studio.services.expressing.scoping import Scoping

        return Scoping(self.ports.catalog, self.workflows.finder, self.previewing)

    @cached_property
    def audit(self) -> Audit:
        """The audit log."""
        from studio.services.audit.audit import Audit

        operation = self.operation
        return Audit(self.ports.records, self.people, self.ports.clock, operation.leases, operation.egress.allowed)

    @cached_property
    def gateway(self) -> Gateway:
        """API keys, and running workflows with them."""
        from studio.services.gateway.gateway import Gateway

        return Gateway(
            self.ports.records, self.people, self.workflows.finder, self.ports.clock, lambda: self.executing.starting,
            self.hidden,
        )  # fmt: skip

    @cached_property
    def vault(self) -> VaultServices:
        """Credentials and variables."""
        from studio.services.vault.services import VaultServices

        async def allowed_hosts(workspace: str) -> Sequence[str]:
            return await self.workflows.allowed_hosts(workspace)

        return VaultServices(
            lookup=self.ports.lookup, sender=self.ports.sender, store=self.ports.store, engine=self.ports.engine,
            people=self.people, clock=self.ports.clock, workflows=lambda: self.workflows, allowed_hosts=allowed_hosts,
            address=lambda: self.address,
        )  # fmt: skip

    @cached_property
    def tables(self) -> Tables:
        """Data tables."""
        from studio.services.tables.tables import Tables

        return Tables(self.ports.tables, lambda workspace: self.operation.quotas.check(workspace, ("storage",)))

    @cached_property
    def workflows(self) -> Workflows:
        """Workflows: drafts, versions, folders, and what starts them."""
        from studio.services.workflows.workflows import Workflows

        return Workflows(
            records=self.ports.records, store=self.ports.store, engine=self.ports.engine, catalog=self.ports.catalog,
            clock=self.ports.clock, data=self.ports.data, people=self.people,
            may_use=self.vault.using.require_all, may_run=self.vault.using.require_of,
            allowed_hosts=self.operation.egress.allowed,
        )  # fmt: skip

    @cached_property
    def feed(self) -> Feed:
        """Tells those who have a workflow open what happens to it."""
        from studio.services.editing.feed import Feed

        return Feed()

    @cached_property
    def editing(self) -> Editing:
        """Editing drafts by small operations."""
        from studio.services.editing.editing import Editing

        async def renamed(actor: Actor, workflow: str, names: Sequence[tuple[str, str]]) -> Sequence[Change]:
            comments = await self.comments.follow(actor, workflow, names)
            return [*comments, *await self.pinning.follow(actor, workflow, names)]

        flows = self.workflows
        return Editing(flows.shelf, flows.finder, self.ports.clock, self.feed, renamed, self.pinning.placed)

    @cached_property
    def following(self) -> Following:
        """Following workflows that are edited."""
        from studio.services.editing.following import Following

        return Following(self.editing, self.reading_comments, self.present, self.workflows.shelf, self.feed)

    @cached_property
    def present(self) -> Present:
        """Who has workflows open."""
        from studio.services.editing.presence import Present

        return Present(self.editing.shelf, self.ports.clock, self.feed)

    @cached_property
    def comments(self) -> Comments:
        """Making and changing comments."""
        from studio.services.comments.comments import Comments

        flows = self.workflows
        return Comments(flows.shelf, flows.finder, self.mentions, self.ports.clock, self.feed, self.mentioning.told)

    @cached_property
    def mentions(self) -> Mentions:
        """Who is mentioned, and may see what."""
        from studio.services.comments.mentions import Mentions

        return Mentions(self.people, self.workflows.finder)

    @cached_property
    def mentioning(self) -> Mentioning:
        """Telling people that they were mentioned."""
        from studio.services.notices.mentioning import Mentioning

        return Mentioning(self.ports.records, self.mentions, self.ports.clock)

    @cached_property
    def reading_comments(self) -> ReadingComments:
        """Looking at comments."""
        from studio.services.comments.reading import ReadingComments

        return ReadingComments(self.comments, self.editing, self.workflows.finder)

    @cached_property
    def operation(self) -> Operation:
        """Operating the instance: metrics, usage, quotas, egress exceptions, backups."""
        from studio.services.operation.operation import Operation

        return Operation(
            self.people, self.ports.engine, self.settings, data=self.ports.data, allow_hosts=self.ports.allow_hosts,
            notices=lambda: self.notices, make_backup=self.ports.backup, sizes=self.ports.sizes,
            draining=lambda: self.draining,
            tidy=self.tidy,
        )  # fmt: skip

    async def hidden(self, workspace: str) -> Hidden:
        """The secrets of a workspace's vault, which no answer shows."""
        return await self.ports.lookup.hiding.of(workspace)

    async def tidy(self) -> None:
        """Go on with what was interrupted. Servers do it every minute."""
        await self.workflows.endings.resume(self.operation.workspaces)
        for workspace in await self.operation.workspaces():
            await self.vault.variables.settle(workspace)

    @cached_property
    def notices(self) -> Notices:
        """Telling people what they should know."""
        from studio.services.notices.making import make_notices

        return make_notices(self)
