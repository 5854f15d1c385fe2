"""Signing in at providers: OAuth 2 with authorisation code and PKCE.

Sources: RFC 6749 (4.1), RFC 7636, RFC 7009, RFC 9207, RFC 9700.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from studio.contracts.records import ABSENT
from studio.crypto.passwords import new_secret, secret_digest
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, StudioError, UserError
from studio.domain.ids import INSTANCE
from studio.domain.reasons import oauth_reason
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services._oauth import begun, used_up, way_there
from studio.services.auditing import entry
from studio.services.people.model import People
from studio.services.people.rights import rights_of
from studio.services.vault.access import Access
from studio.services.vault.forms import signs_in, token_scheme
from studio.services.vault.hiding import KEPT_TOKEN, secret_texts
from studio.services.vault.lookup import Filled, Lookup
from studio.services.vault.model import MANAGE, READY, Credential, SignIn, Vault
from studio.services.vault.stores import SecretSender

CALLBACK = "/api/v1/oauth/callback"
_LASTS = 10 * 60 * 1_000_000


class Back(NamedTuple):
    """What a provider sends a browser back with."""

    state: str
    code: str
    error: str = ""
    issuer: str = ""


class Tokens(NamedTuple):
    """What has to be made void when a credential is deleted."""

    filled: Filled
    url: str


class Connecting:
    """Sends people to providers, and takes them back.

    Args:
        address: What people type to reach this server.
    """

    def __init__(
        self,
        vault: Vault,
        access: Access,
        lookup: Lookup,
        sender: SecretSender,
        people: People,
        clock: Clock,
        address: Callable[[], str],
    ) -> None:
        self._vault = vault
        self._access = access
        self._lookup = lookup
        self._sender = sender
        self._people = people
        self._clock = clock
        self._address = address

    async def start(self, actor: Actor, id: str) -> str:
        """The address at the provider to send the actor's browser to.

        Raises:
            NotFound: There is no such credential that the actor may see.
            AccessRefused: The actor may not manage it; or comes without a session.
            UserError: Nobody signs in for this type, or its sign-in address will not do.
        """
        await self._access.need(actor, id, MANAGE)
        filled = await self._lookup.filled(actor.workspace, id)
        if filled is None or not signs_in(filled.form) or actor.session is None:
            raise UserError("credential.no_sign_in", "Nobody signs in at a provider for this credential.")
        scheme = token_scheme(filled.form)
        assert scheme is not None
        client = await self._lookup.client(filled.credential.value)
        state, verifier = new_secret(), new_secret()
        redirect_uri = self._address() + CALLBACK
        sign_in = SignIn(
            workspace=actor.workspace, credential=id, account=actor.id, session=actor.session, verifier=verifier,
            redirect_uri=redirect_uri, client=filled.credential.value.client, issuer=client.issuer if client else "",
            token_url=str(filled.fields.get("token_url") or ""), revision=filled.secret.revision,
        )  # fmt: skip
        await self._vault.records.commit(
            [self._vault.sign_ins.put(
                INSTANCE, secret_digest(state), sign_in, expected=ABSENT, expires_at=self._clock() + _LASTS
            )]
        )  # fmt: skip
        scopes = " ".join(scheme.scopes) or str(filled.fields.get("scopes") or "") or " ".join(filled.form.scopes)
        url = way_there(
            scheme.authorize_url or str(filled.fields.get("authorize_url") or ""),
            client_id=str(filled.fields.get("client_id") or ""), redirect_uri=redirect_uri, state=state,
            verifier=verifier, more={"scope": scopes} if scopes else {},
        )  # fmt: skip
        if url is None:
            raise UserError("credential.authorize_url", "The sign-in address of this credential is no web address.")
        return url

    async def finish(self, actor: Actor, back: Back) -> Kept[Credential]:
        """Take somebody back from a provider: turn the code into tokens and keep them.

        Raises:
            NotFound: The state is of no sign-in that this session began, or it was used already.
            AccessRefused: The actor may not manage the credential any more.
            UserError: The provider refused, or it is not the one that was asked.
            Conflict: The credential was changed meanwhile.
            ProviderError: The provider gave no tokens.
        """
        sign_in = await self._used_up(actor, back.state)
        there = await self._there(actor, sign_in.workspace)
        found = await self._access.need(there, sign_in.credential, MANAGE)
        if sign_in.issuer and not hmac.compare_digest(back.issuer.encode(), sign_in.issuer.encode()):
            raise UserError("credential.issuer", "The answer comes from another provider than the one that was asked.")
        if back.error or not back.code:
            raise UserError(
                "credential.sign_in_refused", "The provider did not let Studio in ({reason}).",
                reason=oauth_reason(back.error, "-"),
            )  # fmt: skip
        filled = await self._lookup.filled(sign_in.workspace, found.id)
        same = filled is not None and filled.secret.revision == sign_in.revision
        if filled is None or not same or str(filled.fields.get("token_url") or "") != sign_in.token_url:
            raise Conflict("credential.changed_meanwhile", "The credential was changed meanwhile. Sign in once more.")
        await self._exchange(actor, sign_in, filled, back.code)
        return await self._vault.credentials.need(sign_in.workspace, found.id)

    async def _used_up(self, actor: Actor, state: str) -> SignIn:
        """A sign-in that this session began; the state counts once, whatever comes of it."""
        found = await begun(self._vault.sign_ins, state)
        if found is None or found.value.session != actor.session or found.value.account != actor.id:
            raise _no_state()
        if not await used_up(self._vault.records, self._vault.sign_ins, found):
            raise _no_state()
        return found.value

    async def _there(self, actor: Actor, workspace: str) -> Actor:
        """The actor in the workspace of the sign-in, which a browser that comes back cannot name."""
        rights = await rights_of(self._people, workspace, actor.id)
        if rights is None:
            raise _no_state()
        return msgspec.structs.replace(actor, workspace=workspace, permissions=rights[0], folders=rights[1])

    async def _exchange(self, actor: Actor, sign_in: SignIn, filled: Filled, code: str) -> None:
        scheme = token_scheme(filled.form)
        assert scheme is not None
        request = scheme.code_request(filled.fields, code, sign_in.verifier, sign_in.redirect_uri)
        answer = await self._sender.send_secret(request, filled.credential.value.name)
        # A provider that gives no refresh token now must not be asked with the one of an earlier sign-in.
        before = {**filled.fields, "refresh_token": None}
        tokens = scheme.refreshed(before, answer, time.time())
        kept = {name: tokens.get(name) for name in ("access_token", "refresh_token", "expires_at")}
        secret = msgspec.structs.replace(filled.secret.value, fields={**filled.secret.value.fields, **kept})
        hidden = await self._lookup.hiding.changes(
            sign_in.workspace, secret_texts(filled.secret.value.fields), secret_texts(secret.fields), kept=KEPT_TOKEN
        )  # fmt: skip
        found = filled.credential
        filled_names = {name: None for name in ("access_token", "refresh_token") if kept.get(name)}
        value = msgspec.structs.replace(
            found.value,
            state=READY,
            filled={**found.value.filled, **filled_names},
            expires_at=_end(kept),
            connected_by=actor.id,
            lost_at=None,
        )
        await self._vault.records.commit(
            [
                self._vault.secrets.put(sign_in.workspace, found.id, secret, expected=filled.secret.revision),
                self._vault.credentials.put(sign_in.workspace, found.id, value, expected=found.revision),
                *hidden,
            ],
            [entry(
                actor, "credential.connected", kind="credential", id=found.id, name=found.value.name,
                after={"client": found.value.client}, workspace=sign_in.workspace,
            )],
        )  # fmt: skip

    async def tokens(self, workspace: str, id: str) -> Tokens | None:
        """What has to be made void at a provider, where it says where."""
        with suppress(StudioError):  # a secret store that does not answer, a type that is gone
            filled = await self._lookup.filled(workspace, id)
            if filled is not None and token_scheme(filled.form) is not None:
                client = await self._lookup.client(filled.credential.value)
                if client is not None and client.revoke_url:
                    return Tokens(filled, client.revoke_url)
        return None

    async def revoke(self, tokens: Tokens | None) -> None:
        """Make tokens void; a provider that fails keeps nobody from deleting a credential."""
        scheme = token_scheme(tokens.filled.form) if tokens is not None else None
        if tokens is None or scheme is None:
            return
        for name in ("refresh_token", "access_token"):
            token = tokens.filled.fields.get(name)
            if isinstance(token, str) and token:
                with suppress(StudioError):
                    request = scheme.revoke_request(tokens.filled.fields, tokens.url, token)
                    await self._sender.send_secret(request, tokens.filled.credential.value.name)


def _end(tokens: Mapping[str, Any]) -> int | None:
    """When a credential ends: where it renews itself nobody knows, otherwise with its token."""
    ends = tokens.get("expires_at")
    return int(ends * 1e6) if ends is not None and not tokens.get("refresh_token") else None


def _no_state() -> NotFound:
    return NotFound("credential.no_sign_in_begun", "This sign-in was not begun here, or is over. Begin it once more.")
