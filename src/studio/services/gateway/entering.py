"""From the token of an API key to the actor of a request, made anew each time."""

from __future__ import annotations

import hmac
import time

import msgspec

from studio.crypto.passwords import secret_digest
from studio.domain.access import BY_FOLDER, Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, NotFound
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.gateway.addresses import within
from studio.services.gateway.buckets import Allowance, TooManyRequests
from studio.services.gateway.counting import Counting
from studio.services.gateway.model import Key, KeyShelf
from studio.services.gateway.tokens import parse_token
from studio.services.people.model import Account, People
from studio.services.people.rights import rights_of
from studio.services.policy import NotSignedIn

_TOLD_EVERY = 60.0
"""Seconds between two audit entries about the same refusal of the same key, so that nobody can flood the log."""
_MOST_TOLD = 10_000


class KeyEntry:
    """Lets requests with a key in."""

    def __init__(self, shelf: KeyShelf, people: People, counting: Counting, clock: Clock) -> None:
        self._shelf = shelf
        self._people = people
        self._counting = counting
        self._clock = clock
        self._told: dict[tuple[str, str], float] = {}

    async def actor(self, text: str, workspace: str, *, asking: Actor) -> tuple[Actor, Allowance | None]:
        """Whom a key acts for, with the owner's present rights less what its scopes leave out.

        Args:
            text: The token.
            workspace: The workspace that the request names; "" where it names none.
            asking: Where the request comes from.

        Raises:
            NotSignedIn: It is no valid key: unknown, expired, revoked, or its owner is gone.
            AccessRefused: It may not be used from that address; or its owner lacks the second factor that the
                workspace asks for.
            NotFound: The request names another workspace.
            TooManyRequests: A quota is used up.
        """
        token = parse_token(text)
        kept = await self._shelf.keys.get(token.workspace, token.id) if token is not None else None
        if token is None or kept is None:
            raise not_valid()
        who = msgspec.structs.replace(
            asking, kind=ActorKind.KEY, id=kept.value.owner, key=kept.id, workspace=token.workspace
        )
        if not self._matches(kept.value, token.secret):
            raise await self._refused(who, kept, "secret", not_valid())
        state = kept.value.state(self._clock())
        if state != "active":
            raise await self._refused(who, kept, state, not_valid())
        if kept.value.ips and not within(asking.ip, kept.value.ips):
            raise await self._refused(
                who, kept, "ip", AccessRefused("key.ip_refused", "This key may not be used from {ip}.", ip=asking.ip)
            )
        who = await self._with_rights(who, kept)
        if workspace not in ("", token.workspace):
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        try:
            allowance = await self._counting.request(token.workspace, kept.id, kept.value, asking.ip)
        except TooManyRequests as error:
            raise await self._refused(who, kept, error.code, error) from None
        return who, allowance

    def _matches(self, key: Key, secret: str) -> bool:
        given = secret_digest(secret)
        present = hmac.compare_digest(key.digest, given)
        before = hmac.compare_digest(key.old_digest or "-", given)
        return present or (before and self._clock() < key.old_until)

    async def _with_rights(self, who: Actor, kept: Kept[Key]) -> Actor:
        account = await self._people.accounts.get(INSTANCE, who.id)
        rights = await rights_of(self._people, who.workspace, who.id) if account is not None else None
        if account is None or rights is None or not account.value.active:
            raise await self._refused(who, kept, "owner", not_valid())
        if await self._lacks_factor(account.value, who.workspace):
            raise await self._refused(
                who, kept, "second_factor",
                AccessRefused(
                    "key.second_factor",
                    "This workspace asks for a second factor, which the owner of this key has not set up.",
                ),
            )  # fmt: skip
        everywhere, folders = rights
        scope, workflows = kept.value.permissions, kept.value.workflows
        if scope is not None or workflows is not None:
            # A key for certain workflows that invites people or opens credentials would be a key for all of them.
            only = _WORKFLOWS if scope is None else frozenset(Permission(one) for one in scope if one in _KNOWN)
            everywhere, folders = everywhere & only, {at: given & only for at, given in folders.items()}
        return msgspec.structs.replace(
            who, name=account.value.name, permissions=everywhere, folders=folders,
            workflows=None if workflows is None else frozenset(workflows),
        )  # fmt: skip

    async def _lacks_factor(self, owner: Account, workspace: str) -> bool:
        """Whether the workspace asks for a second factor that a key would get around. A service account has none.

        Who signs in with an identity provider has shown it what it asks for.
        """
        if owner.service_of is not None or owner.totp is not None or owner.subject is not None:
            return False
        place = await self._people.workspaces.get(INSTANCE, workspace)
        return place is not None and place.value.second_factor

    async def _refused(self, who: Actor, kept: Kept[Key], why: str, error: Exception) -> Exception:
        """The error, after the audit log was told; of the same refusal again and again only once a minute."""
        now = time.monotonic()
        if now - self._told.get((kept.id, why), -_TOLD_EVERY) >= _TOLD_EVERY:
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            self._told[kept.id, why] = now
            refusal = entry(
                who, "key.refused", kind="key", id=kept.id, name=kept.value.name, after={"reason": why},
                outcome="refused",
            )  # fmt: skip
            await self._shelf.records.commit([], [refusal])
        return error


_KNOWN = frozenset(one.value for one in Permission)
_WORKFLOWS = BY_FOLDER | {Permission.NODE_VIEW, Permission.CREDENTIAL_USE}
"""What a key for certain workflows may do where it does not say itself."""


def not_valid() -> NotSignedIn:
    """One answer for every key that does not count, whatever the reason."""
    return NotSignedIn("access.key", "The key is not valid.")
