"""Making, changing, rotating and revoking API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec

from studio.contracts.records import Change
from studio.crypto.passwords import secret_digest
from studio.domain.access import GRANTABLE, Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, Conflict, NotFound, UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._clock import Clock
from studio.services._collection import Kept, Page
from studio.services.auditing import MASKED, entry
from studio.services.gateway.addresses import networks
from studio.services.gateway.model import Key, KeyDay, KeyShelf, KeyUse
from studio.services.gateway.tokens import new_token
from studio.services.people.model import People
from studio.services.people.rights import rights_of
from studio.services.policy import require, require_factor, require_grantable
from studio.services.workflows.finding import Finder

MOST_KEYS = 1000
"""So many keys a workspace may have."""
_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE
LONGEST_GRACE = 30 * _DAY
_REVOKED_KEPT = 90 * _DAY


class Made(NamedTuple):
    """A key and its token, which nobody can be shown again."""

    key: Kept[Key]
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a key is to be; as in ``Key``. With UNSET everywhere, nothing changes."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    workflows: Sequence[str] | msgspec.UnsetType | None = msgspec.UNSET
    permissions: Sequence[str] | msgspec.UnsetType | None = msgspec.UNSET
    ips: Sequence[str] | msgspec.UnsetType = msgspec.UNSET
    expires_at: int | msgspec.UnsetType | None = msgspec.UNSET
    requests_per_minute: int | msgspec.UnsetType = msgspec.UNSET
    requests_per_day: int | msgspec.UnsetType = msgspec.UNSET
    executions_per_day: int | msgspec.UnsetType = msgspec.UNSET
    allow_get: bool | msgspec.UnsetType = msgspec.UNSET


class Keys:
    """The API keys of workspaces. A key itself makes and changes none: people do."""

    def __init__(self, shelf: KeyShelf, people: People, workflows: Finder, clock: Clock) -> None:
        self._shelf = shelf
        self._people = people
        self._workflows = workflows
        self._clock = clock

    async def page(self, actor: Actor, owner: str | None, *, after: tuple[str, str] | None, limit: int) -> Page[Key]:
        """The actor's own keys, those of another owner, or with ``*`` all, newest first.

        Raises:
            AccessRefused: They are others', and the actor does not manage keys.
        """
        if not actor.workspace:
            return Page([], None)
        owner = owner or actor.id
        if owner != actor.id:
            require(actor, Permission.KEY_MANAGE)
        if owner == "*":
            return await self._shelf.keys.page(actor.workspace, after=after, limit=limit, descending=True)
        return await self._shelf.keys.page(
            actor.workspace, field="owner", value=owner, after=after, limit=limit, descending=True
        )

    async def show(self, actor: Actor, id: str) -> Kept[Key]:
        """A key of one's own, or of others for who manages keys.

        Raises:
            NotFound: There is none that the actor may see.
        """
        found = await self._shelf.keys.get(actor.workspace, id) if actor.workspace else None
        if found is None or not (found.value.owner == actor.id or actor.may(Permission.KEY_MANAGE)):
            raise NotFound("key.not_found", "There is no key {id}.", id=id)
        return found

    async def uses(self, workspace: str, ids: Sequence[str]) -> dict[str, Kept[KeyUse]]:
        """When keys were used last."""
        return await self._shelf.uses.get_many(workspace, ids) if workspace else {}

    async def usage(self, actor: Actor, id: str, *, after: tuple[str, str] | None, limit: int) -> Page[KeyDay]:
        """What a key did, by day, newest first."""
        await self.show(actor, id)
        return await self._shelf.days.page(actor.workspace, parent=id, after=after, descending=True, limit=limit)

    async def create(self, actor: Actor, wanted: Wanted, *, owner: str | None = None) -> Made:
        """Make a key for oneself, or for a service account of the workspace.

        Raises:
            AccessRefused: A key asks; or somebody who may not; or for more than they have themselves.
            NotFound: There is no such service account or workflow.
            Conflict: There are too many keys.
        """
        _require_maker(actor)
        owner = owner or actor.id
        allowed = await self._rights(actor, owner)
        if await self._shelf.keys.count(actor.workspace) >= MOST_KEYS:
            raise Conflict("key.too_many", "A workspace has at most {most} keys.", most=MOST_KEYS)
        token = new_token(actor.workspace, new_id())
        empty = Key(
            name="", owner=owner, created_by=actor.id, digest=secret_digest(token.secret), hint=token.hint
        )  # fmt: skip
        if owner != actor.id and wanted.permissions in (None, msgspec.UNSET):
            # What the service account may do later, its maker need not have.
            wanted = replace(wanted, permissions=sorted(allowed))
        key = await self._changed(actor, empty, wanted, allowed)
        await self._shelf.records.commit(
            [self._shelf.keys.put(actor.workspace, token.id, key, expected=0)],
            [
                entry(
                    actor, "key.created", kind="key", id=token.id, name=key.name,
                    after={"owner": owner, "token": MASKED, **_facts(key)},
                )
            ],
        )  # fmt: skip
        return Made(await self._shelf.keys.need(actor.workspace, token.id), token.text)

    async def change(self, actor: Actor, id: str, wanted: Wanted, expected: int | None) -> Kept[Key]:
        """Change scopes, networks, quotas, name or expiry of a key.

        Raises:
            AccessRefused: For more than the actor has; or a key asks.
            Conflict: It is revoked.
        """
        _require_maker(actor)
        found = await self._usable(actor, id)
        owner = found.value.owner
        allowed = await self._rights(actor, owner, others=True)
        if owner != actor.id and wanted.permissions is None:
            raise AccessRefused("key.all_of_another", "Name the permissions of a key that is not your own.")
        key = await self._changed(actor, found.value, wanted, allowed)
        before, after = _facts(found.value), _facts(key)
        await self._shelf.records.commit(
            [self._shelf.keys.put(actor.workspace, id, key, expected=found.revision if expected is None else expected)],
            [
                entry(
                    actor, "key.changed", kind="key", id=id, name=key.name,
                    before={name: before[name] for name in before if before[name] != after[name]},
                    after={name: after[name] for name in after if before[name] != after[name]},
                )
            ],
        )  # fmt: skip
        return await self._shelf.keys.need(actor.workspace, id)

    async def rotate(self, actor: Actor, id: str, *, grace: int, expected: int | None) -> Made:
        """Give a key a new secret; the old one counts for ``grace`` microseconds more.

        Raises:
            AccessRefused: It is another person's: whoever sees its token could act as they.
            Conflict: It is revoked.
        """
        _require_maker(actor)
        found = await self._usable(actor, id)
        if found.value.owner != actor.id:
            await self._rights(actor, found.value.owner)
            require_grantable(actor, _permissions(found.value.permissions or sorted(GRANTABLE)))
        token = new_token(actor.workspace, id)
        grace = max(0, min(grace, LONGEST_GRACE))
        key = msgspec.structs.replace(
            found.value, digest=secret_digest(token.secret), hint=token.hint,
            old_digest=found.value.digest if grace else "", old_until=self._clock() + grace if grace else 0,
        )  # fmt: skip
        await self._shelf.records.commit(
            [self._shelf.keys.put(actor.workspace, id, key, expected=found.revision if expected is None else expected)],
            [
                entry(
                    actor, "key.rotated", kind="key", id=id, name=key.name,
                    after={"token": MASKED, "grace_seconds": grace // 1_000_000},
                )
            ],
        )  # fmt: skip
        return Made(await self._shelf.keys.need(actor.workspace, id), token.text)

    async def revoke(self, actor: Actor, id: str, expected: int | None) -> None:
        """Make a key void at once; again changes nothing.

        Raises:
            NotFound: There is none that the actor may see.
        """
        found = await self.show(actor, id)
        if found.value.revoked_at is not None:
            return
        change = self._revoked(actor.workspace, found, expected)
        await self._shelf.records.commit(
            [change], [entry(actor, "key.revoked", kind="key", id=id, name=found.value.name)]
        )

    async def ended_with(self, workspace: str, account: str) -> list[Change]:
        """The changes that make all keys of an account in a workspace void."""
        found = await self._shelf.keys.all(workspace, field="owner", value=account)
        return [self._revoked(workspace, one, None) for one in found if one.value.revoked_at is None]

    def _revoked(self, workspace: str, found: Kept[Key], expected: int | None) -> Change:
        now = self._clock()
        key = msgspec.structs.replace(found.value, revoked_at=now, old_digest="", old_until=0)
        expected = found.revision if expected is None else expected
        return self._shelf.keys.put(workspace, found.id, key, expected=expected, expires_at=now + _REVOKED_KEPT)

    async def _usable(self, actor: Actor, id: str) -> Kept[Key]:
        found = await self.show(actor, id)
        if found.value.revoked_at is not None:
            raise Conflict("key.revoked", "The key {name} is revoked.", name=found.value.name)
        return found

    async def _rights(self, actor: Actor, owner: str, *, others: bool = False) -> frozenset[Permission]:
        """What a key of this owner may be given at most.

        Raises:
            AccessRefused: It is for another person, or for a service account and the actor does not manage keys.
            NotFound: The owner does not belong to the workspace.
        """
        if not actor.workspace:
            raise AccessRefused("access.no_workspace", "You belong to no workspace. Ask an Admin of one to add you.")
        if owner != actor.id:
            require(actor, Permission.KEY_MANAGE)
        account = await self._people.accounts.get(INSTANCE, owner)
        rights = await rights_of(self._people, actor.workspace, owner)
        if account is None or rights is None:
            raise NotFound("key.owner", "There is no service account {id} in this workspace.", id=owner).at(
                param="owner"
            )
        if owner != actor.id and account.value.service_of != actor.workspace and not others:
            raise AccessRefused(
                "key.another_person", "A key acts for its owner, so nobody is shown that of another person."
            ).at(param="owner")
        everywhere, folders = rights
        return everywhere.union(*folders.values())

    async def _changed(self, actor: Actor, key: Key, wanted: Wanted, allowed: frozenset[Permission]) -> Key:
        given: dict[str, Any] = {
            name: getattr(wanted, name) for name in Wanted.__slots__ if getattr(wanted, name) is not msgspec.UNSET
        }
        if "name" in given:
            given["name"] = given["name"].strip()
            if not given["name"]:
                raise UserError("key.name", "Give the key a name.").at(param="name")
        if given.get("permissions") is not None:
            asked = _permissions(given["permissions"])
            _require_within(actor, key.owner, asked, allowed)
            given["permissions"] = sorted(asked)
        if given.get("workflows") is not None:
            found = [await self._workflows.find(actor, one) for one in given["workflows"]]
            given["workflows"] = list(dict.fromkeys(one.id for one in found))
        if "ips" in given:
            given["ips"] = networks(given["ips"])
        if given.get("expires_at") is not None and given["expires_at"] <= self._clock():
            raise UserError("key.expiry", "The expiry lies in the past.").at(param="expires_at")
        return msgspec.structs.replace(key, **given)


def _require_maker(actor: Actor) -> None:
    if actor.kind is not ActorKind.PERSON:
        raise AccessRefused("access.people_only", "This needs somebody who is signed in, and not a key.")
    require_factor(actor)


def _require_within(actor: Actor, owner: str, asked: frozenset[Permission], allowed: frozenset[Permission]) -> None:
    missing = sorted(asked - allowed)
    if missing:
        raise AccessRefused(
            "key.more_than_owner", "The owner of the key does not have the permission {permission}.",
            permission=missing[0],
        ).at(param="permissions")  # fmt: skip
    if owner != actor.id:
        require_grantable(actor, asked)


def _permissions(names: Sequence[str]) -> frozenset[Permission]:
    found = frozenset(one for one in GRANTABLE if one.value in names)
    unknown = sorted(set(names) - {one.value for one in found})
    if unknown:
        raise UserError("key.permission", "{name} is no permission that a key can have.", name=unknown[0][:80]).at(
            param="permissions"
        )
    return found


def _facts(key: Key) -> dict[str, Any]:
    """What the audit log may tell of a key."""
    return {name: getattr(key, name) for name in Wanted.__slots__}
