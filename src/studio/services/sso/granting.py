"""Groups of a provider or directory made to memberships: what they give, and what they do not give any more.

What was given is marked, so that only that is taken away. A membership made by hand keeps its role; one made here
follows the groups, at every sign-in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guards import keep_an_admin, without_doubles
from studio.services.people.model import Member, People, member_id
from studio.services.people.rights import permissions_of_role
from studio.services.sso.model import Granted, Mapping, SsoShelf, granted_id


@dataclass
class Share:
    """What somebody is to have in one workspace: the first role that a mapping gives, and all groups."""

    role: str | None = None
    groups: list[str] = field(default_factory=list[str])


@dataclass
class Plan:
    """The changes that give and take, and what the audit log is told."""

    changes: list[Change] = field(default_factory=list[Change])
    audit: list[AuditDraft] = field(default_factory=list[AuditDraft])


class Granting:
    """Gives and takes memberships by groups."""

    def __init__(self, people: People, shelf: SsoShelf) -> None:
        self._people = people
        self._shelf = shelf

    async def plan(
        self, actor: Actor, source: str, account: str, name: str, shares: dict[str, Share], default_role: str
    ) -> Plan:
        """The changes after which somebody has what a source gives now, and nothing that it gave before.

        Args:
            actor: Who asks.
            source: Provider or directory.
            account: Whose.
            name: The person's name, for the log.
            shares: What they are to have, by workspace.
            default_role: Role of a membership for which only groups are given.
        """
        plan = Plan()
        before = {
            one.value.workspace: one
            for one in await self._shelf.granted.all(INSTANCE, field="account", value=account)
            if one.value.source == source
        }
        for workspace in dict.fromkeys([*before, *shares]):
            await self._in_workspace(
                plan, actor, source, (account, name), workspace, shares.get(workspace), before.get(workspace),
                default_role,
            )  # fmt: skip
        plan.changes = without_doubles(plan.changes)
        return plan

    async def _in_workspace(
        self,
        plan: Plan,
        actor: Actor,
        source: str,
        whose: tuple[str, str],
        workspace: str,
        share: Share | None,
        before: Kept[Granted] | None,
        default_role: str,
    ) -> None:
        account, name = whose
        share = await self._real(workspace, share)
        found = await self._people.members.get(INSTANCE, member_id(workspace, account))
        old = Granted(source=source, account=account, workspace=workspace) if before is None else before.value
        made = found is None or (old.made and before is not None and not _newer(found, before))
        given = share.groups if share is not None else []
        kept = [] if found is None else [one for one in found.value.groups if one not in old.groups]
        member = None if share is None and (made or found is None) else Member(
            workspace=workspace, account=account,
            role=(share.role if share is not None and share.role else default_role) if made or found is None
            else found.value.role,
            folders=found.value.folders if found is not None else {},
            groups=list(dict.fromkeys([*kept, *given])),
        )  # fmt: skip
        try:
            if found is not None and found.value != member:
                plan.changes += await keep_an_admin(self._people, workspace, members={account: member})
        except Conflict as error:
            # The provider would leave the workspace without an Admin: all stays as it is until there is another.
            plan.audit.append(
                entry(
                    actor, "member.kept", kind="member", id=account, name=name, workspace=workspace,
                    outcome="refused", after={"reason": error.code},
                )
            )  # fmt: skip
            return
        marked = Granted(
            source=source, account=account, workspace=workspace, made=made,
            groups=[one for one in given if one not in kept],
        )  # fmt: skip
        self._write(plan, actor, (account, name), found, member)
        id = granted_id(source, workspace, account)
        if share is None:
            if before is not None:
                plan.changes.append(self._shelf.granted.drop(INSTANCE, id, expected=before.revision))
        elif before is None or before.value != marked or found is None:
            revision = before.revision if before is not None else 0
            plan.changes.append(self._shelf.granted.put(INSTANCE, id, marked, expected=revision))

    def _write(
        self, plan: Plan, actor: Actor, whose: tuple[str, str], found: Kept[Member] | None, member: Member | None
    ) -> None:
        account, name = whose
        old = None if found is None else found.value
        if old == member:
            return
        workspace = (member or old or Member(workspace="", account="", role="")).workspace
        id = member_id(workspace, account)
        action = "member.changed" if old is not None and member is not None else (
            "member.added" if member is not None else "member.removed"
        )  # fmt: skip
        plan.changes.append(
            self._people.members.drop(INSTANCE, id, expected=found.revision if found is not None else None)
            if member is None
            else self._people.members.put(INSTANCE, id, member, expected=found.revision if found is not None else 0)
        )
        plan.audit.append(
            entry(
                actor,
                action,
                kind="member",
                id=account,
                name=name,
                workspace=workspace,
                before=None if old is None else {"role": old.role, "groups": old.groups},
                after=None if member is None else {"role": member.role, "groups": member.groups},
            )
        )  # fmt: skip

    async def _real(self, workspace: str, share: Share | None) -> Share | None:
        """The share as far as workspace, role and groups are still there."""
        if share is None:
            return None
        place = await self._people.workspaces.get(INSTANCE, workspace)
        if place is None or not place.value.active:
            return None
        role = share.role
        if role is not None:
            try:
                await permissions_of_role(self._people, workspace, role)
            except NotFound:
                role = None
        known = await self._people.groups.get_many(workspace, share.groups)
        groups = [one for one in share.groups if one in known]
        return Share(role, groups) if role is not None or groups else None


def _newer(member: Kept[Member], granted: Kept[Granted]) -> bool:
    """Whether a membership ended and was made anew by hand since it was given."""
    return member.record.created_at > granted.record.updated_at


def shares_of(mappings: Sequence[Mapping], groups: Collection[str]) -> dict[str, Share]:
    """What groups of the provider give, by workspace. Of two roles for one workspace the first in the list counts."""
    shares: dict[str, Share] = {}
    for one in mappings:
        if one.value not in groups:
            continue
        share = shares.setdefault(one.workspace, Share())
        share.role = share.role or one.role
        if one.group is not None and one.group not in share.groups:
            share.groups.append(one.group)
    return shares
