"""Notices as a whole: settings, what is found from time to time, what is told."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import msgspec

from studio.domain.access import Actor
from studio.domain.errors import UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.notices.delivering import Delivering
from studio.services.notices.model import KINDS, Notice, NoticeSettings, OwnNotices, Shelf
from studio.services.notices.noticing import Noticing
from studio.services.operation.leases import Leases
from studio.services.operation.quotas import Level

_LEASE = "notices"
_LEASE_SECONDS = 60.0

Hosts = Callable[[str], Awaitable[Sequence[str]]]
"""Private hosts that a workspace may reach."""


class Notices:
    """Notices of all workspaces.

    Args:
        shelf: Where they are kept.
        noticing: Finds what there is to tell.
        delivering: Tells it.
        leases: So that one of several servers does.
        workspaces: Ids of all workspaces.
        hosts: Private hosts that a workspace may reach.
    """

    def __init__(
        self,
        shelf: Shelf,
        noticing: Noticing,
        delivering: Delivering,
        leases: Leases,
        *,
        workspaces: Callable[[], Awaitable[Sequence[str]]],
        hosts: Hosts,
    ) -> None:
        self._shelf = shelf
        self._noticing = noticing
        self._delivering = delivering
        self._leases = leases
        self._workspaces = workspaces
        self._hosts = hosts

    # Settings

    async def settings(self, workspace: str) -> tuple[NoticeSettings, int]:
        """What a workspace wants, and the revision of that."""
        kept = await self._shelf.settings.get(workspace, "settings")
        return (kept.value, kept.revision) if kept is not None else (NoticeSettings(), 0)

    async def change(
        self, actor: Actor, wanted: NoticeSettings, *, new_secret: bool, expected: int | None = None
    ) -> tuple[Kept[NoticeSettings], str | None]:
        """Set what a workspace wants; gives the webhook's secret where it is new, which is shown this once.

        Raises:
            UserError: A kind is unknown, or the webhook no https address.
            RecordChanged: They have another revision than ``expected``.
        """
        _check_kinds(wanted.kinds)
        before, _ = await self.settings(actor.workspace)
        if wanted.webhook and urlsplit(wanted.webhook).scheme not in ("http", "https"):
            raise UserError("notice.webhook_url", "{url} is no http(s) address.", url=wanted.webhook[:100]).at(
                param="webhook"
            )
        secret = before.webhook_secret
        fresh = secrets.token_urlsafe(32) if wanted.webhook and (new_secret or not secret) else None
        value = msgspec.structs.replace(wanted, webhook_secret=fresh or secret)
        told = entry(
            actor, "notice_settings.changed", kind="settings", id="notices", before=_shown(before), after=_shown(value)
        )
        put = self._shelf.settings.put(actor.workspace, "settings", value, expected=expected)
        await self._shelf.records.commit([put], [told])
        return await self._shelf.settings.need(actor.workspace, "settings"), fresh

    async def own(self, actor: Actor) -> OwnNotices:
        """Which notices somebody gets from their workspace."""
        kept = await self._shelf.own.get(actor.workspace, actor.id)
        return kept.value if kept is not None else OwnNotices()

    async def change_own(self, actor: Actor, kinds: Sequence[str]) -> OwnNotices:
        """Choose them.

        Raises:
            UserError: A kind is unknown.
        """
        _check_kinds(kinds)
        before, value = await self.own(actor), OwnNotices(kinds=tuple(kinds))
        told = entry(
            actor, "notice_settings.own_changed", kind="account", id=actor.id, name=actor.name,
            before={"kinds": before.kinds}, after={"kinds": value.kinds},
        )  # fmt: skip
        await self._shelf.records.commit([self._shelf.own.put(actor.workspace, actor.id, value)], [told])
        return value

    async def try_webhook(self, actor: Actor) -> None:
        """Post a notice to the webhook, to see whether it arrives.

        Raises:
            UserError: There is no webhook.
            StudioError: It did not arrive; says why.
        """
        settings, _ = await self.settings(actor.workspace)
        if not settings.webhook:
            raise UserError("notice.no_webhook", "This workspace has no webhook for notices.")
        told = entry(actor, "notice_settings.tested", kind="settings", id="notices")
        await self._shelf.records.commit([], [told])
        test = Notice(kind="recovery", name="Test", facts={"failures": 0})
        hosts = await self._hosts(actor.workspace)
        await self._delivering.post(actor.workspace, settings, hosts, [(new_id(), test)])

    # What goes on by itself

    async def tick(self) -> None:
        """Find and tell, where no other server does."""
        if not await self._leases.take(_LEASE, _LEASE_SECONDS):
            return
        for workspace in [*await self._workspaces(), INSTANCE]:
            if workspace != INSTANCE:
                await self._noticing.failures(workspace)
                await self._noticing.recoveries(workspace)
                await self._noticing.credentials(workspace)
            settings, _ = await self.settings(workspace)
            await self._delivering.deliver(workspace, settings, await self._hosts(workspace))

    async def quotas(self, workspace: str, levels: Sequence[Level]) -> None:
        """Tell of quotas that are nearly or wholly used up."""
        await self._noticing.quotas(workspace, levels)

    async def backup(self, well: bool) -> None:
        """Tell of a backup that failed, once until one is made."""
        await self._noticing.backup(well=well)


def _check_kinds(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise UserError(
                "notice.kind", "There are no notices {kind}. There are: {known}.", kind=kind, known=", ".join(KINDS)
            ).at(param="kinds")


def _shown(settings: NoticeSettings) -> dict[str, object]:
    facts = msgspec.structs.asdict(settings)
    return {**facts, "webhook_secret": MASKED if settings.webhook_secret else ""}
