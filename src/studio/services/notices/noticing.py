"""Finding what there is to tell. Each finding and the mark that it was found are one transaction.

So a restart neither tells twice nor forgets, and of several servers that look at once one has the last word.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from studio.contracts.records import Change
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.errors import RecordChanged
from studio.domain.ids import INSTANCE, first_id, new_id, workflow_tag
from studio.domain.status import ExecutionStatus
from studio.services._collection import Kept
from studio.services.notices.model import Health, Notice, NoticeSettings, Seen, Shelf
from studio.services.notices.recipients import Recipients
from studio.services.operation.model import Shelf as OperationShelf
from studio.services.operation.model import Told
from studio.services.operation.quotas import Level
from studio.services.operation.usage import day_of
from studio.services.vault.model import Credential, Vault
from studio.services.workflows.model import Shelf as WorkflowShelf
from studio.services.workflows.model import WorkflowHead
from studio.services.workflows.naming import RESERVED_TAG

_BATCH = 200
_LAST = "failures"
_MARGIN = 2_000_000
"""What has ended in these last microseconds is left for the next look: another transaction may still be on its way."""
_AHEAD = 7 * 86_400_000_000
_KEEP = 90 * 86_400_000_000


Needing: TypeAlias = Callable[[str, str, Sequence[Kept[Credential]]], Awaitable[Mapping[str, tuple[list[str], int]]]]
"""Workspace, account, credentials: of each the names of workflows, and how many more there are."""


class Noticing:
    """Looks for failures, recoveries, quotas that are used up, credentials that end.

    Args:
        shelf: Where notices are kept.
        store: Executions.
        clock: The database's, microseconds.
        recipients: Who is told.
        needing: Which workflows need which credentials, as far as an account may see them.
    """

    def __init__(
        self, shelf: Shelf, store: Store, clock: Callable[[], int], recipients: Recipients, needing: Needing
    ) -> None:
        self._shelf = shelf
        self._store = store
        self._clock = clock
        self._recipients = recipients
        self._needing = needing
        self._workflows = WorkflowShelf(shelf.records)
        self._told = OperationShelf(shelf.records).told
        self._vault = Vault(shelf.records)

    async def settings(self, workspace: str) -> NoticeSettings:
        """What a workspace wants."""
        kept = await self._shelf.settings.get(workspace, "settings")
        return kept.value if kept is not None else NoticeSettings()

    # Failures and recoveries

    async def failures(self, workspace: str) -> int:
        """Take in what has failed since the last look; how many that were."""
        seen = await self._shelf.seen.get(workspace, _LAST)
        now = self._clock()
        if seen is None:
            # What failed before anybody looked is no news.
            await self._commit([self._shelf.seen.put(workspace, _LAST, Seen(at=now), expected=0)])
            return 0
        rows = await self._store.failures(workspace, (seen.value.at, seen.value.id), now - _MARGIN, _BATCH)
        if rows:
            last = rows[-1]
            mark = self._shelf.seen.put(
                workspace, _LAST, Seen(at=last.ended_at or 0, id=last.id), expected=seen.revision
            )
            await self._commit([mark, *await self._unwell(workspace, rows)])
        return len(rows)

    async def _unwell(self, workspace: str, rows: Sequence[ExecutionRow]) -> list[Change]:
        by_workflow: dict[str, list[ExecutionRow]] = {}
        for row in rows:
            workflow = next((tag for tag in row.tags if tag.startswith(RESERVED_TAG)), "").removeprefix(RESERVED_TAG)
            if workflow and row.mode == "run":
                by_workflow.setdefault(workflow, []).append(row)
        known = await self._shelf.health.get_many(workspace, list(by_workflow))
        heads = await self._workflows.workflows.get_many(workspace, list(by_workflow))
        changes: list[Change] = []
        for workflow, failed in by_workflow.items():
            last = failed[-1].ended_at or 0
            before = known.get(workflow)
            if before is not None:
                health = msgspec.structs.replace(before.value, last=last, count=before.value.count + len(failed))
                changes.append(self._shelf.health.put(workspace, workflow, health, expected=before.revision))
                continue
            first = failed[0]
            health = Health(since=first.ended_at or 0, last=last, count=len(failed), execution=first.id)
            changes.append(self._shelf.health.put(workspace, workflow, health, expected=0))
            facts = {"execution": first.id, "error": first.error_code or ""}
            changes += await self._about(workspace, "failure", workflow, heads.get(workflow), facts)
        return changes

    async def recoveries(self, workspace: str) -> None:
        """See which workflows that failed have succeeded since."""
        for one in await self._shelf.health.all(workspace):
            wanted = ExecutionFilter(
                workspace=workspace, status=(ExecutionStatus.SUCCEEDED,), tag=workflow_tag(one.id), limit=1,
                from_id=first_id(one.value.since // 1000 - 86_400_000),
            )  # fmt: skip
            rows = await self._store.executions(wanted)
            if rows and (rows[0].ended_at or 0) > one.value.last:
                head = await self._workflows.workflows.get(workspace, one.id)
                facts = {"failures": one.value.count, "execution": rows[0].id}
                drop = self._shelf.health.drop(workspace, one.id, expected=one.revision)
                await self._commit([drop, *await self._about(workspace, "recovery", one.id, head, facts)])

    async def _about(
        self, workspace: str, kind: str, workflow: str, head: Kept[WorkflowHead] | None, facts: dict[str, Any]
    ) -> list[Change]:
        if head is None:
            return []
        to = await self._recipients.owner(workspace, head.value.owner)
        return await self.notice(workspace, kind, to, subject=workflow, name=head.value.name, facts=facts)

    async def notice(
        self, workspace: str, kind: str, to: list[str], *, subject: str, name: str, facts: dict[str, Any]
    ) -> list[Change]:
        """The change that gives a notice, none where the workspace wants no such."""
        settings = await self.settings(workspace)
        if kind not in settings.kinds:
            return []
        due = self._clock() + settings.wait * 1_000_000
        made = Notice(kind=kind, subject=subject, name=name, facts=facts, to=to, due=due)
        return [self._shelf.notices.put(workspace, new_id(), made, expected=0)]

    # Once for each

    async def quotas(self, workspace: str, levels: Sequence[Level]) -> None:
        """Tell the Admins once a day of quotas that are nearly or wholly used up; of monthly ones once a month."""
        for level in levels:
            if level.state == "ok" or level.quota == "concurrency":
                continue
            day = day_of(self._clock())
            period = day[:7] if level.quota.endswith("month") else day
            facts = {"quota": level.quota, "used": round(level.used, 2), "limit": level.limit, "state": level.state}
            await self._once(workspace, f"quota:{level.quota}:{period}:{level.state}", "quota", [], level.quota, facts)

    async def credentials(self, workspace: str) -> None:
        """Tell owners of credentials that end within a week, or for which somebody has to sign in again."""
        now = self._clock()
        page = await self._vault.credentials.page(workspace, field="expires", limit=_BATCH)
        for one in page.items:
            ends = one.value.expires_at or 0
            if ends > now + _AHEAD:
                break
            if ends >= now - _AHEAD:
                await self._of_credential(workspace, f"credential:{one.id}:{ends}", one, {"expires": day_of(ends)})
        for one in await self._vault.credentials.all(workspace, field="sign_in"):
            if one.value.lost_at is not None:
                mark = f"credential:{one.id}:lost:{one.value.lost_at}"
                await self._of_credential(workspace, mark, one, {"sign_in": True})

    async def _of_credential(self, workspace: str, mark: str, one: Kept[Credential], facts: dict[str, Any]) -> None:
        """Tell of a credential, with the workflows that need it as far as whoever is told may see them."""
        if await self._told.get(workspace, mark) is not None:
            return
        to = await self._recipients.owner(workspace, one.value.owner)
        names, more = (await self._needing(workspace, to[0] if to else "", [one]))[one.id]
        facts = {**facts, "workflows": names, "more": more}
        await self._once(workspace, mark, "credential", to, one.value.name, facts)

    async def backup(self, *, well: bool) -> None:
        """Tell the operators of the first backup that fails; the next that is made ends that."""
        if well:
            if await self._told.get(INSTANCE, "backup") is not None:
                await self._commit([self._told.drop(INSTANCE, "backup")])
            return
        await self._once(INSTANCE, "backup", "backup", [], "", {}, for_good=True)

    async def _once(
        self,
        workspace: str,
        mark: str,
        kind: str,
        to: list[str],
        name: str,
        facts: dict[str, Any],
        *,
        for_good: bool = False,
    ) -> None:
        if await self._told.get(workspace, mark) is not None:
            return
        now = self._clock()
        told = self._told.put(workspace, mark, Told(at=now), expected=0, expires_at=None if for_good else now + _KEEP)
        people = to or await self._recipients.admins(workspace)
        notice = await self.notice(workspace, kind, people, subject=mark, name=name, facts=facts)
        await self._commit([told, *notice])

    async def _commit(self, changes: list[Change]) -> None:
        """All of it; nothing where another server was quicker, who then tells."""
        try:
            await self._shelf.records.commit(changes)
        except RecordChanged:
            return
