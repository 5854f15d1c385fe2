"""Signing in at a provider: the way there, and the way back (authorisation code with PKCE)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import msgspec

from studio.crypto.passwords import new_secret, same_secret, secret_digest
from studio.domain.access import Actor, ActorKind
from studio.domain.errors import NotFound, StudioError, UserError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services._oauth import begun, used_up, way_there
from studio.services.auditing import entry
from studio.services.people.guards import require_person
from studio.services.people.guessing import place_key
from studio.services.people.model import Account, People
from studio.services.people.sessions import Sessions, SignedIn
from studio.services.people.throttle import MINUTE, Throttle
from studio.services.sso.claims import Person, claims_of, person_of
from studio.services.sso.discovery import Discovery, Endpoints, Reader, decoded
from studio.services.sso.errors import SignInRefused, token_refused, unusable
from studio.services.sso.granting import Granting, Share, shares_of
from studio.services.sso.joining import Joining
from studio.services.sso.model import Flow, IdentityProvider, SsoShelf
from studio.services.sso.tokens import MOST_TOKEN, Tokens

LASTS = 10 * MINUTE
"""How long a sign-in at the provider may take."""
STARTS = 100
"""Sign-ins from one address that may be begun, and not ended, in a quarter of an hour."""
_MOST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the secret of the cookie that it must bring back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Where to go on, and the new session; None where a provider was only connected."""

    return_to: str
    session: SignedIn | None


class Flows:
    """Begins and ends sign-ins at providers."""

    def __init__(
        self,
        people: People,
        shelf: SsoShelf,
        discovery: Discovery,
        tokens: Tokens,
        joining: Joining,
        granting: Granting,
        sessions: Sessions,
        throttle: Throttle,
        clock: Clock,
    ) -> None:
        self._people = people
        self._shelf = shelf
        self._discovery = discovery
        self._tokens = tokens
        self._joining = joining
        self._granting = granting
        self._sessions = sessions
        self._throttle = throttle
        self._clock = clock

    async def begin(
        self, actor: Actor, provider: str, *, redirect_uri: str, return_to: str = "/", connect: bool = False
    ) -> Begun:
        """Begin a sign-in, or with ``connect`` to connect the provider to one's own account.

        Raises:
            NotFound: There is no such provider.
            UserError: ``return_to`` is not a page of Studio.
            ProviderUnusable: The provider does not answer as it must.
            TooManyAttempts: Too many were begun from this address.
        """
        kept = await self._active(provider)
        return_to = local_page(return_to)
        if connect:
            require_person(actor)
        await self._throttle.take(await self._counter(actor), STARTS)
        state, browser, nonce, verifier = (new_secret() for _ in range(4))
        reader = await self._discovery.reader(kept.value)
        try:
            endpoints = await self._discovery.endpoints(reader)
        finally:
            await reader.aclose()
        flow = Flow(
            provider=kept.id, browser=secret_digest(browser), nonce=nonce, verifier=verifier, return_to=return_to,
            redirect_uri=redirect_uri, account=actor.id if connect else None,
            session=actor.session if connect else None,
        )  # fmt: skip
        put = self._shelf.flows.put(INSTANCE, secret_digest(state), flow, expected=0, expires_at=self._clock() + LASTS)
        await self._shelf.records.commit([put])
        return Begun(_authorize_url(kept.value, endpoints, flow, state), browser)

    async def end(
        self, asking: Actor, provider: str, answer: Answer, *, browser: str | None, old: str | None = None
    ) -> Ended:
        """End a sign-in with what the provider answered.

        Args:
            asking: Where from; who, where somebody is signed in.
            provider: Whose callback it is.
            answer: The answer.
            browser: The cookie's secret.
            old: Token of a session that the browser brought along; it ends.

        Raises:
            SignInRefused: Nobody is let in.
            ProviderUnusable: The provider does not answer as it must.
        """
        kept = await self._active(provider)
        flow = await self._taken(provider, answer.state, browser)
        if flow.account is None:
            # Whoever was signed in before has no part in this.
            asking = Actor(ip=asking.ip, agent=asking.agent, request=asking.request, lang=asking.lang)
        try:
            ended = await self._ended(asking, kept, flow, answer, old)
        except StudioError as error:
            await self._shelf.records.commit(
                [],
                [entry(
                    asking, "session.refused", kind="identity_provider", id=kept.id, name=kept.value.name,
                    outcome="refused", workspace=INSTANCE, after={"way": "oidc", "reason": _reason(error)},
                )],
            )  # fmt: skip
            raise
        # A whole company may stand behind one address: only what is begun and comes to nothing counts against it.
        await self._throttle.give_back(await self._counter(asking))
        return ended

    async def _counter(self, actor: Actor) -> str:
        return f"sso:{await place_key(self._people, actor.ip)}"

    async def _taken(self, provider: str, state: str, browser: str | None) -> Flow:
        """The flow of a state: of this provider and browser, and only once."""
        found = await begun(self._shelf.flows, state)
        if found is None or found.value.provider != provider or not same_secret(found.value.browser, browser or ""):
            raise _started_elsewhere()
        if not await used_up(self._shelf.records, self._shelf.flows, found):
            raise _started_elsewhere()
        return found.value

    async def _ended(
        self, asking: Actor, kept: Kept[IdentityProvider], flow: Flow, answer: Answer, old: str | None
    ) -> Ended:
        if answer.error:
            raise SignInRefused("sso.refused_there", "The identity provider did not let you in.")
        reader = await self._discovery.reader(kept.value)
        try:
            endpoints = await self._discovery.endpoints(reader)
            if answer.issuer != kept.value.issuer and (answer.issuer is not None or endpoints.names_issuer):
                raise token_refused("issuer")
            claims, access_token = await self._exchanged(reader, endpoints, flow, answer.code)
            claims = await claims_of(reader, endpoints, claims, access_token)
        finally:
            await reader.aclose()
        person = person_of(kept.value, claims)
        if flow.account is not None:
            return await self._connected(asking, kept, flow, person)
        return Ended(flow.return_to, await self._signed_in(asking, kept, person, claims, old))

    async def _exchanged(
        self, reader: Reader, endpoints: Endpoints, flow: Flow, code: str
    ) -> tuple[dict[str, Any], str | None]:
        if not 0 < len(code) <= _MOST_ANSWER:
            raise token_refused("code")
        provider = reader.provider
        fields = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": flow.redirect_uri,
            "code_verifier": flow.verifier,
        }  # fmt: skip
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
        if provider.client_secret is not None and provider.client_auth == "client_secret_basic":
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
            headers.append(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
        else:
            fields["client_id"] = provider.client_id
            if provider.client_secret is not None:
                fields["client_secret"] = provider.client_secret
        answer = await reader.ask("POST", endpoints.token, headers=headers, body=urlencode(fields).encode())
        found = decoded(answer.body)
        if answer.status != 200 or found is None:
            raise unusable(provider.name, "token_endpoint")
        token, access = found.get("id_token"), found.get("access_token")
        if not isinstance(token, str):
            raise token_refused("missing")
        access_token = access if isinstance(access, str) and len(access) <= MOST_TOKEN and access.isascii() else None
        claims = await self._tokens.id_token(reader, token, nonce=flow.nonce, access_token=access_token)
        return claims, access_token

    async def _connected(self, asking: Actor, kept: Kept[IdentityProvider], flow: Flow, person: Person) -> Ended:
        if asking.id != flow.account or asking.session != flow.session:
            raise _started_elsewhere()
        await self._joining.connect(asking, kept, person, asking.id)
        return Ended(flow.return_to, None)

    async def _signed_in(
        self, asking: Actor, kept: Kept[IdentityProvider], person: Person, claims: dict[str, Any], old: str | None
    ) -> SignedIn:
        provider = kept.value
        shares = shares_of(provider.mappings, set(person.groups))
        if provider.requires_mapping and not shares:
            await self._nothing_left(asking, kept, person)
            raise SignInRefused("sso.no_group", "You belong to no group that may use Studio.")
        account = await self._joining.account(asking, kept, person)
        await self._grant(asking, kept, account, shares)
        sid = claims.get("sid")
        ended = [self._people.sessions.drop(INSTANCE, secret_digest(old))] if old else []
        return await self._sessions.begin(
            account, asking=asking, browser=True, way="oidc", provider=kept.id,
            provider_session=sid if isinstance(sid, str) else "",
            also=[self._people.accounts.check(INSTANCE, account.id, account.revision), *ended],
        )  # fmt: skip

    async def _grant(
        self, asking: Actor, kept: Kept[IdentityProvider], account: Kept[Account], shares: dict[str, Share]
    ) -> None:
        provider = kept.value
        if provider.default_workspace:
            share = shares.setdefault(provider.default_workspace, Share())
            share.role = share.role or provider.default_role
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name)
        plan = await self._granting.plan(who, kept.id, account.id, account.value.name, shares, provider.default_role)
        if plan.changes or plan.audit:
            await self._shelf.records.commit(plan.changes, plan.audit)

    async def _nothing_left(self, asking: Actor, kept: Kept[IdentityProvider], person: Person) -> None:
        """Take away what the groups gave, of somebody who is in none of them any more."""
        account = await self._joining.known(person)
        if account is not None:
            who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name)
            plan = await self._granting.plan(who, kept.id, account.id, account.value.name, {}, "")
            if plan.changes or plan.audit:
                await self._shelf.records.commit(plan.changes, plan.audit)

    async def _active(self, provider: str) -> Kept[IdentityProvider]:
        found = await self._shelf.providers.get(INSTANCE, provider)
        if found is None or not found.value.active:
            raise NotFound("sso.no_provider", "There is no identity provider {id}.", id=provider)
        return found


def _authorize_url(provider: IdentityProvider, endpoints: Endpoints, flow: Flow, state: str) -> str:
    more = {"scope": " ".join(dict.fromkeys(["openid", *provider.scopes])), "nonce": flow.nonce}
    url = way_there(
        endpoints.authorize, client_id=provider.client_id, redirect_uri=flow.redirect_uri, state=state,
        verifier=flow.verifier, more=more,
    )  # fmt: skip
    if url is None:
        raise unusable(provider.name, "authorization_endpoint")
    return url


def local_page(return_to: str) -> str:
    """A page of Studio to go back to: a path, and nothing that a browser would take for another place.

    Raises:
        UserError: It is none.
    """
    fits = return_to.startswith("/") and len(return_to) <= 1000 and return_to.isprintable()
    if not fits or return_to.startswith("//") or "\\" in return_to:
        raise UserError("sso.return_to", "return_to must be a path of Studio, such as /workflows.").at(
            param="return_to"
        )
    return return_to


def _started_elsewhere() -> SignInRefused:
    return SignInRefused(
        "sso.state", "This sign-in was begun in another browser, took too long, or was ended already. Sign in again."
    )


def _reason(error: StudioError) -> str:
    reason = error.arguments.get("reason")
    return f"{error.code} ({reason})" if reason else error.code
