"""Looking at the audit log, newest first, by what the entries say.

Entries are sealed, so filters are applied to what is read: a page is looked for in a bounded number of entries, and may
come back short, or empty, with a cursor that goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import NamedTuple

from studio.contracts.records import AuditEntry, Records
from studio.services.auditing import AuditFacts, read_entry

_SCAN = 500
_MOST_SCANNED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries.

    Args:
        action: The action, or with a dot at its end every action of a thing: ``member.``.
        actor: Account.
        key: API key.
        target_kind: Kind of what was acted on.
        target: Its id.
        outcome: done, refused or failed.
        since: At or after; microseconds.
        until: Before; microseconds.
    """

    action: str | None = None
    actor: str | None = None
    key: str | None = None
    target_kind: str | None = None
    target: str | None = None
    outcome: str | None = None
    since: int | None = None
    until: int | None = None

    def fits(self, facts: AuditFacts) -> bool:
        """Whether an entry is meant, its time apart."""
        if self.action is not None:
            whole = facts.action == self.action
            if not whole and not (self.action.endswith(".") and facts.action.startswith(self.action)):
                return False
        pairs = (
            (self.actor, facts.actor_id), (self.key, facts.key), (self.target_kind, facts.target_kind),
            (self.target, facts.target_id), (self.outcome, facts.outcome),
        )  # fmt: skip
        return all(wanted is None or wanted == found for wanted, found in pairs)


class Shown(NamedTuple):
    """An entry and what it says."""

    entry: AuditEntry
    facts: AuditFacts


class AuditReader:
    """Reads the log of a workspace, or of the instance."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def page(
        self, workspace: str, wanted: Wanted, *, before: int | None, limit: int
    ) -> tuple[list[Shown], int | None]:
        """Entries newest first, and the number below which the next page begins; None where there is nothing more."""
        if wanted.until is not None:
            first = await self.first_at(workspace, wanted.until)
            before = first if before is None else min(before, first)
        found: list[Shown] = []
        for _ in range(_MOST_SCANNED):
            entries = await self._records.audit(workspace, before=before, limit=_SCAN)
            for one in entries:
                if wanted.since is not None and one.at < wanted.since:
                    return found, None
                before = one.seq
                facts = read_entry(one.value)
                if wanted.fits(facts):
                    found.append(Shown(one, facts))
                    if len(found) == limit:
                        return found, before if before > 1 else None
            if len(entries) < _SCAN:
                return found, None
        return found, before

    async def all(self, workspace: str, wanted: Wanted, *, upto: int) -> AsyncIterator[Shown]:
        """Every entry up to a number, oldest first."""
        after = 0 if wanted.since is None else await self.first_at(workspace, wanted.since) - 1
        while entries := await self._records.audit(workspace, after=after, limit=_SCAN):
            for one in entries:
                if one.seq > upto or (wanted.until is not None and one.at >= wanted.until):
                    return
                facts = read_entry(one.value)
                if wanted.fits(facts):
                    yield Shown(one, facts)
            after = entries[-1].seq

    async def last(self, workspace: str) -> int:
        """Number of the newest entry, 0 where there is none."""
        newest = await self._records.audit(workspace, limit=1)
        return newest[0].seq if newest else 0

    async def first_at(self, workspace: str, moment: int) -> int:
        """Number of the first entry at or after a moment; one more than the last where all are older."""
        low, high = 1, await self.last(workspace) + 1
        while low < high:
            middle = (low + high) // 2
            found = await self._records.audit(workspace, after=middle - 1, limit=1)
            if found and found[0].at < moment:
                low = middle + 1
            else:
                high = middle
        return low
