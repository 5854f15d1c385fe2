"""Signing out of the provider too, and being told by it that somebody has signed out there."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.domain.errors import RecordChanged, StudioError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.model import People, Session
from studio.services.people.provisioning import Provisioning
from studio.services.people.sessions import Sessions
from studio.services.people.throttle import MINUTE
from studio.services.sso.discovery import Discovery
from studio.services.sso.errors import token_refused
from studio.services.sso.model import Spent, SsoShelf
from studio.services.sso.providers import no_provider
from studio.services.sso.tokens import Tokens

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Leaving:
    """Ends sessions at both ends."""

    def __init__(
        self,
        people: People,
        shelf: SsoShelf,
        provisioning: Provisioning,
        sessions: Sessions,
        discovery: Discovery,
        tokens: Tokens,
        clock: Clock,
    ) -> None:
        self._people = people
        self._shelf = shelf
        self._provisioning = provisioning
        self._sessions = sessions
        self._discovery = discovery
        self._tokens = tokens
        self._clock = clock

    async def sign_out(self, actor: Actor, return_to: str) -> str:
        """End the actor's session; where to go to end it at the provider too, ``return_to`` where that is not offered.

        Args:
            actor: Who.
            return_to: The whole address of the page to come back to.
        """
        session = await self._people.sessions.get(INSTANCE, actor.session or "")
        await self._sessions.sign_out(actor)
        found = None
        if session is not None and session.value.provider:
            found = await self._shelf.providers.get(INSTANCE, session.value.provider)
        if found is None:
            return return_to
        reader = await self._discovery.reader(found.value)
        try:
            endpoints = await self._discovery.endpoints(reader)
            if endpoints.end_session is None:
                return return_to
            reader.check_page(endpoints.end_session)
        except StudioError:
            return return_to  # the session here has ended, whatever the provider does
        finally:
            await reader.aclose()
        query = urlencode({"client_id": found.value.client_id, "post_logout_redirect_uri": return_to})
        return f"{endpoints.end_session}{'&' if '?' in endpoints.end_session else '?'}{query}"

    async def told(self, asking: Actor, provider: str, token: str) -> int:
        """The provider says by a logout token that somebody has signed out; how many sessions that ended.

        Raises:
            NotFound: There is no such provider.
            SignInRefused: The token is none, or was used.
        """
        found = await self._shelf.providers.get(INSTANCE, provider)
        if found is None or not found.value.active:
            raise no_provider(provider)
        reader = await self._discovery.reader(found.value)
        try:
            claims, _ = await self._tokens.signed(reader, token)
        finally:
            await reader.aclose()
        id = _checked(claims)
        ended = await self._meant(provider, found.value.issuer, claims)
        spent = self._shelf.spent.put(
            INSTANCE, f"{provider}.{await self._people.records.digest(INSTANCE, id)}", Spent(provider=provider),
            expected=0, expires_at=self._clock() + 60 * MINUTE,
        )  # fmt: skip
        changes: list[Change] = [spent, *(self._people.sessions.drop(INSTANCE, one.id) for one in ended)]
        audit = entry(
            asking, "session.ended", kind="identity_provider", id=provider, name=found.value.name, workspace=INSTANCE,
            after={"sessions": len(ended), "accounts": sorted({one.value.account for one in ended})},
        )  # fmt: skip
        try:
            await self._people.records.commit(changes, [audit])
        except RecordChanged as error:
            raise token_refused("jti") from error
        return len(ended)

    async def _meant(self, provider: str, issuer: str, claims: dict[str, Any]) -> list[Kept[Session]]:
        subject, sid = claims.get("sub"), claims.get("sid")
        if isinstance(subject, str):
            account = await self._provisioning.account_by_subject(f"{issuer}\n{subject}")
            if account is None:
                return []
            found = await self._people.sessions.all(INSTANCE, parent=account.id)
        else:
            found = await self._people.sessions.all(INSTANCE)
        return [
            one
            for one in found
            if one.value.provider == provider and (sid is None or one.value.provider_session == sid)
        ]


def _checked(claims: dict[str, Any]) -> str:
    """The id of a logout token that says what one must (OpenID Connect Back-Channel Logout, section 2.6)."""
    events, id = claims.get("events"), claims.get("jti")
    if "nonce" in claims or not isinstance(events, dict) or _EVENT not in cast("dict[str, Any]", events):
        raise token_refused("events")
    subject, sid = claims.get("sub"), claims.get("sid")
    if not (isinstance(subject, str) and subject) and not (isinstance(sid, str) and sid):
        raise token_refused("sub")
    if not isinstance(id, str) or not 1 <= len(id) <= 500:
        raise token_refused("jti")
    return id
