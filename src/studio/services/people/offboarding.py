"""Somebody leaves: one action that takes back everything, shown before it is done.

What lets them in goes first and at once: sessions, links, memberships, the account itself. That is one transaction
with everything that they hold, as long as it is not very much; what is left then follows in further ones. What was
decided is kept until all is done, so that an interrupted leave goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor
from studio.domain.errors import AccessRefused, Conflict, NotFound, RecordChanged, StudioError
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guards import (
    keep_an_admin,
    need_member,
    require_power_over,
    require_power_over_account,
    without_doubles,
)
from studio.services.people.holdings import Fate, Holding, Holdings
from studio.services.people.model import Account, Offboarding, People, member_id
from studio.services.people.provisioning import Provisioning
from studio.services.people.remaining import keep_operation

_TOGETHER = 1000
"""Changes of the first transaction."""
_ROUNDS = 5
"""How often it is begun anew where somebody else changes the same things meanwhile."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a leave means in one workspace: the membership that ends, and what is held there."""

    workspace: str
    name: str
    role: str
    heir: str | None
    last_admin: bool
    holdings: list[Holding] = field(default_factory=list[Holding])

    @property
    def needs_heir(self) -> bool:
        """Whether something must be handed to somebody."""
        return any(one.fate is Fate.HANDED for one in self.holdings)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a leave means.

    ``sessions`` is how many end; None where they stay open, since the person may things elsewhere that the one who asks
    may not: what they may in the workspace they lose all the same. ``last_operator`` says why the instance needs them.
    """

    account: Kept[Account]
    sessions: int | None
    deactivate: bool
    last_operator: StudioError | None
    places: list[Leaving]


class Offboardings:
    """Carries leaves out.

    Args:
        people: Where people are kept.
        provisioning: Ends accounts and memberships.
        providers: What keeps things for people.
    """

    def __init__(self, people: People, provisioning: Provisioning, providers: Sequence[Holdings]) -> None:
        self._people = people
        self._provisioning = provisioning
        self._providers = providers

    async def plan_member(self, actor: Actor, account: str, heir: str | None) -> Plan:
        """What it means that a member leaves the actor's workspace. Changes nothing.

        Raises:
            NotFound: There is no such member, or the heir is none.
            AccessRefused: The member may more than the actor.
        """
        await self._require_member(actor, account)
        heirs = {} if heir is None else {actor.workspace: heir}
        return await self._plan(actor, account, [actor.workspace], heirs, deactivate=False)

    async def offboard_member(self, actor: Actor, account: str, heir: str | None) -> Plan:
        """Let a member leave the actor's workspace; gives what was done.

        Raises:
            NotFound: There is no such member, or the heir is none.
            AccessRefused: The member may more than the actor.
            Conflict: Nobody would take over, or the workspace would be without an Admin.
        """
        begun = await self._people.offboardings.get(INSTANCE, member_id(actor.workspace, account))
        if begun is not None:
            # Interrupted after the membership had ended: it goes on as it was decided.
            plan = await self._plan(actor, account, [actor.workspace], begun.value.heirs, deactivate=False)
            await self._rest(actor, begun.value)
            return plan
        await self._require_member(actor, account)
        heirs = {} if heir is None else {actor.workspace: heir}
        return await self._carry_out(
            actor, Offboarding(account=account, workspaces=[actor.workspace], heirs=heirs, by=actor.id)
        )

    async def plan_account(self, actor: Actor, account: str, heirs: Mapping[str, str], heir: str | None) -> Plan:
        """What it means that somebody leaves the instance. For operators; changes nothing.

        Raises:
            NotFound: There is no such account, or an heir is no member where they should be.
        """
        workspaces = await self._workspaces(account)
        return await self._plan(actor, account, workspaces, await self._heirs(workspaces, heirs, heir), deactivate=True)

    async def offboard_account(self, actor: Actor, account: str, heirs: Mapping[str, str], heir: str | None) -> Plan:
        """Let somebody leave the instance: every workspace, and no sign-in any more. For operators.

        Raises:
            NotFound: There is no such account, or an heir is no member where they should be.
            Conflict: Nobody would take over somewhere, or a workspace would be without an Admin, the instance without
                an operator.
        """
        workspaces = await self._workspaces(account)
        given = await self._heirs(workspaces, heirs, heir)
        return await self._carry_out(actor, Offboarding(
            account=account, workspaces=workspaces, heirs=given, by=actor.id, deactivate=True
        ))  # fmt: skip

    async def hand_over(self, actor: Actor, account: str, heir: str) -> int:
        """Give everything that a member owns in the actor's workspace to another one; how many things those were.

        Raises:
            NotFound: One of them is no member.
            AccessRefused: The member may more than the actor.
        """
        await self._require_member(actor, account, may_have_left=True)
        await self._check_heir(actor.workspace, account, heir)
        count = 0
        for provider in self._providers:
            held = await provider.held(actor.workspace, account)
            if any(one.fate is Fate.HANDED for one in held) and all(one.fate is Fate.HANDED for one in held):
                count += len(held)
                await self._released(actor, provider, actor.workspace, account, heir)
        return count

    async def open(self) -> list[Kept[Offboarding]]:
        """Leaves that were begun and are not done."""
        return await self._people.offboardings.all(INSTANCE)

    async def resume(self, actor: Actor, account: str) -> None:
        """Go on with the leaves of somebody that were interrupted. For operators.

        Raises:
            NotFound: There is none of this account.
        """
        found = [one for one in await self.open() if one.value.account == account]
        if not found:
            raise NotFound("offboarding.not_found", "No leave of {id} was interrupted.", id=account)
        for one in found:
            await self._rest(actor, one.value)

    async def _require_member(self, actor: Actor, account: str, *, may_have_left: bool = False) -> None:
        if account == actor.id and not may_have_left:
            raise AccessRefused("offboarding.oneself", "Nobody carries out their own leave. Ask another Admin.")
        if not may_have_left:
            await need_member(self._people, actor.workspace, account)
        await require_power_over(self._people, actor, actor.workspace, account)

    async def _workspaces(self, account: str) -> list[str]:
        members = await self._people.members.all(INSTANCE, field="account", value=account)
        return [one.value.workspace for one in members]

    async def _heirs(self, workspaces: Sequence[str], heirs: Mapping[str, str], heir: str | None) -> dict[str, str]:
        given = {place: who for place, who in heirs.items() if place in workspaces}
        for place in workspaces:
            if place not in given and heir is not None:
                member = await self._people.members.get(INSTANCE, member_id(place, heir))
                if member is not None:
                    given[place] = heir
        return given

    async def _plan(
        self, actor: Actor, account: str, workspaces: Sequence[str], heirs: Mapping[str, str], *, deactivate: bool
    ) -> Plan:
        found = await self._people.accounts.need(INSTANCE, account)
        places = [await self._leaving(account, place, heirs.get(place)) for place in workspaces]
        sessions = None
        if deactivate or await _refusal(require_power_over_account(self._people, actor, account)) is None:
            sessions = await self._people.sessions.count(INSTANCE, account)
        last = await _refusal(keep_operation(self._people, found)) if deactivate else None
        return Plan(found, sessions, deactivate, last, places)

    async def _leaving(self, account: str, workspace: str, heir: str | None) -> Leaving:
        member = await self._people.members.get(INSTANCE, member_id(workspace, account))
        place = await self._people.workspaces.get(INSTANCE, workspace)
        if heir is not None:
            await self._check_heir(workspace, account, heir)
        last = await _refusal(keep_an_admin(self._people, workspace, members={account: None})) is not None
        held: list[Holding] = []
        for provider in self._providers:
            held += await provider.held(workspace, account)
        return Leaving(
            workspace, "" if place is None else place.value.name, "" if member is None else member.value.role, heir,
            last, held,
        )  # fmt: skip

    async def _check_heir(self, workspace: str, account: str, heir: str) -> None:
        member = await self._people.members.get(INSTANCE, member_id(workspace, heir))
        person = await self._people.accounts.get(INSTANCE, heir)
        if member is None or person is None or not person.value.active or heir == account:
            raise NotFound("offboarding.heir", "{id} is no other active member of the workspace.", id=heir).at(
                param="heir"
            )

    async def _carry_out(self, actor: Actor, decided: Offboarding) -> Plan:
        missed = 0
        while True:
            plan = await self._plan(
                actor, decided.account, decided.workspaces, decided.heirs, deactivate=decided.deactivate
            )
            _require_possible(plan)
            try:
                await self._first(actor, decided, plan)
                break
            except RecordChanged:
                missed += 1
                if missed >= _ROUNDS:
                    raise
        await self._rest(actor, decided)
        return plan

    async def _first(self, actor: Actor, decided: Offboarding, plan: Plan) -> None:
        """Take away what lets them in, keep what was decided, and let go of what fits into the same transaction."""
        account = decided.account
        changes: list[Change] = [
            self._people.offboardings.put(INSTANCE, _id_of(decided), decided),
            *(await self._provisioning.sessions_ended(account) if plan.sessions is not None else []),
        ]
        if decided.deactivate:
            changes += await self._provisioning.deactivation(plan.account)
        audit: list[AuditDraft] = [
            entry(
                actor, "offboarding.begun", kind="account", id=account, name=plan.account.value.name, workspace=log,
                after={"workspaces": decided.workspaces, "heirs": decided.heirs, "deactivate": decided.deactivate},
            )
            for log in dict.fromkeys([INSTANCE, *decided.workspaces])
        ]  # fmt: skip
        for place in plan.places:
            id = member_id(place.workspace, account)
            member = await self._people.members.get(INSTANCE, id)
            if member is not None:
                changes.append(self._people.members.drop(INSTANCE, id, expected=member.revision))
                changes += await keep_an_admin(self._people, place.workspace, members={account: None})
                changes += await self._invitations_of(place.workspace, account)
        then: list[Callable[[], Awaitable[None]]] = []
        for place in plan.places:
            for provider in self._providers:
                release = await provider.release(actor, place.workspace, account, place.heir)
                if len(changes) + len(release.changes) <= _TOGETHER:
                    changes += release.changes
                    audit += release.audit
                    then += release.then
        await self._people.records.commit(without_doubles(changes), audit)
        for one in then:
            await one()

    async def _invitations_of(self, workspace: str, account: str) -> list[Change]:
        found = await self._people.tickets.all(INSTANCE, field="invited_to", value=workspace)
        return [self._people.tickets.drop(INSTANCE, one.id) for one in found if one.value.made_by == account]

    async def _rest(self, actor: Actor, decided: Offboarding) -> None:
        """Let go of what is left, and forget what was decided once nothing is."""
        for workspace in decided.workspaces:
            for provider in self._providers:
                await self._released(actor, provider, workspace, decided.account, decided.heirs.get(workspace))
        await self._people.records.commit(
            [self._people.offboardings.drop(INSTANCE, _id_of(decided))],
            [
                entry(actor, "offboarding.done", kind="account", id=decided.account, workspace=log)
                for log in dict.fromkeys([INSTANCE, *decided.workspaces])
            ],
        )

    async def _released(self, actor: Actor, provider: Holdings, workspace: str, account: str, heir: str | None) -> None:
        missed = 0
        while True:
            release = await provider.release(actor, workspace, account, heir)
            if not release.changes:
                return
            try:
                await self._people.records.commit(release.changes, release.audit)
                for one in release.then:
                    await one()
            except RecordChanged:
                # Somebody edited one of them between reading and writing: it is read again.
                missed += 1
                if missed >= _ROUNDS:
                    raise


def _id_of(decided: Offboarding) -> str:
    """One leave of the whole instance for each account, and one of each workspace."""
    return decided.account if decided.deactivate else member_id(decided.workspaces[0], decided.account)


async def _refusal(checked: Awaitable[object]) -> StudioError | None:
    """Why a guard says no, None where it does not."""
    try:
        await checked
    except (Conflict, AccessRefused) as error:
        return error
    return None


def _require_possible(plan: Plan) -> None:
    if plan.last_operator is not None:
        raise plan.last_operator
    for place in plan.places:
        if place.last_admin:
            raise Conflict(
                "offboarding.last_admin", "The workspace {workspace} would be without an Admin. Make somebody else one "
                "first.", workspace=place.name,
            )  # fmt: skip
        if place.needs_heir and place.heir is None:
            raise Conflict(
                "offboarding.no_heir", "Name a member of {workspace} who takes over what is owned there.",
                workspace=place.name,
            ).at(param="heir")  # fmt: skip
