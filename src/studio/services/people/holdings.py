"""What somebody holds in a workspace beside their membership, and what becomes of it when they leave.

Every part of Studio that keeps something for a person registers a provider on the platform (``Platform.holdings``):
keys, schedules, grants end; workflows and credentials go to an heir.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor
from studio.services.auditing import entry
from studio.services.gateway.keys import Keys
from studio.services.gateway.model import KeyShelf
from studio.services.workflows.model import Shelf


class Fate(StrEnum):
    """What becomes of something when its person leaves."""

    ENDS = "ends"
    HANDED = "handed"


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that is held: its kind as messages name it, its id, its name, what becomes of it."""

    kind: str
    id: str
    name: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Release:
    """What lets go of things: the changes, each under the revision that was read, and what the log says.

    ``then`` is called when the changes are made: what is told to somebody outside, as far as they listen.
    """

    changes: list[Change] = field(default_factory=list[Change])
    audit: list[AuditDraft] = field(default_factory=list[AuditDraft])
    then: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])


class Holdings(Protocol):
    """A part that keeps things for people."""

    kind: str
    """What it keeps: ``workflow``, ``api_key``, ``schedule``."""

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        """Everything that an account holds in a workspace. Changes nothing."""
        ...

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        """What ends or hands over all of it, or a part: it is asked again until it gives no changes.

        Args:
            actor: Who does it; the entries are for the log of ``workspace``.
            workspace: Where.
            account: Who leaves.
            heir: Who takes over; None only where nothing that is held has the fate ``handed``.
        """
        ...


class KeyHoldings:
    """API keys that act for somebody end with them."""

    kind = "key"

    def __init__(self, shelf: KeyShelf, keys: Keys) -> None:
        self._shelf = shelf
        self._keys = keys

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        """The keys that can still be used."""
        found = await self._shelf.keys.all(workspace, field="owner", value=account)
        return [Holding(self.kind, one.id, one.value.name, Fate.ENDS) for one in found if one.value.revoked_at is None]

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        """Revoke them."""
        audit = [
            entry(actor, "key.revoked", kind="key", id=one.id, name=one.name, workspace=workspace)
            for one in await self.held(workspace, account)
        ]
        return Release(await self._keys.ended_with(workspace, account), audit)


class WorkflowHoldings:
    """Workflows that somebody owns go to the heir."""

    kind = "workflow"
    _BATCH = 200

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        """The workflows they own, those that were deleted and can be brought back too."""
        owned = await self._shelf.workflows.all(workspace, field="owner", value=account)
        return [Holding(self.kind, one.id, one.value.name, Fate.HANDED) for one in owned]

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        """Make the heir the owner."""
        out = Release()
        if heir is None:
            return out
        page = await self._shelf.workflows.page(workspace, field="owner", value=account, limit=self._BATCH)
        for head in page.items:
            changed = msgspec.structs.replace(head.value, owner=heir, handed_from="")
            out.changes.append(
                self._shelf.workflows.put(
                    workspace, head.id, changed, expected=head.revision, expires_at=head.record.expires_at
                )
            )
            out.audit.append(
                entry(actor, "workflow.transferred", kind="workflow", id=head.id, name=head.value.name,
                      before={"owner": account}, after={"owner": heir}, workspace=workspace)
            )  # fmt: skip
        return out
