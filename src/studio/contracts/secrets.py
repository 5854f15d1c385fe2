"""Secrets: what credential types look like from outside the SDK, and stores outside Studio that hold secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from studio.contracts.http import HttpRequest, HttpResponse


class SecretRef(msgspec.Struct, frozen=True, kw_only=True):
    """Where a secret stands: a store's name, a path in it, and the key of the value there ("" where it is one value).

    In a credential's field it is written ``{"$secret": {"store": …, "path": …, "key": …}}``.
    """

    store: str
    path: str
    key: str = ""


class SecretStore(Protocol):
    """A place outside Studio that holds secrets. One contract suite runs over every implementation."""

    async def read(self, path: str, key: str) -> str:
        """The present value.

        Raises:
            UserError: There is none at that path or key, or the path is not one of this store's.
            ProviderError: The store does not answer, or does not let Studio in.
        """
        ...

    async def close(self) -> None:
        """Give up what was asked for: a token that the store made, say."""
        ...


class FormField(Protocol):
    """A field of a credential's form."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def title(self) -> str:
        """For people, in English."""
        ...

    @property
    def secret(self) -> bool:
        """Whether its value is never shown."""
        ...

    @property
    def required(self) -> bool:
        """Whether it must be filled in."""
        ...

    @property
    def kind(self) -> str:
        """text, number, flag or hosts."""
        ...

    @property
    def help(self) -> str:
        """A sentence, in English."""
        ...


class CredentialForm(Protocol):
    """What is asked of a credential type outside the SDK."""

    @property
    def id(self) -> str:
        """``pack.name``."""
        ...

    @property
    def title(self) -> str:
        """For people, in English."""
        ...

    @property
    def description(self) -> str:
        """A sentence, in English."""
        ...

    @property
    def fields(self) -> Sequence[FormField]:
        """The form."""
        ...

    @property
    def scheme(self) -> object | None:
        """How it gets onto a request."""
        ...

    @property
    def hosts(self) -> Sequence[str]:
        """Where it may go, whatever the user says; empty where the user says."""
        ...

    @property
    def host_field(self) -> str | None:
        """Field with the one host that it may go to."""
        ...

    @property
    def scopes(self) -> Sequence[str]:
        """Rights that are asked for when a user signs in."""
        ...

    @property
    def test(self) -> HttpRequest | None:
        """A harmless request that shows whether it works."""
        ...

    def check(self, data: Mapping[str, Any]) -> None:
        """Refuse fields that do not fit the form."""
        ...

    def hosts_for(self, data: Mapping[str, Any]) -> Sequence[str]:
        """Hosts that a credential with these fields may go to."""
        ...


@runtime_checkable
class TokenScheme(Protocol):
    """A scheme whose tokens are renewed: OAuth 2."""

    @property
    def grant(self) -> str:
        """``refresh_token`` where a user signs in, ``client_credentials`` where machines speak."""
        ...

    @property
    def authorize_url(self) -> str:
        """Where users sign in; "" where the credential says so."""
        ...

    @property
    def scopes(self) -> tuple[str, ...]:
        """Rights to ask for; empty where the credential says so."""
        ...

    def needs_refresh(self, data: Mapping[str, Any], now: float) -> bool:
        """Whether there is no token, or it ends soon."""
        ...

    def refresh_request(self, data: Mapping[str, Any]) -> HttpRequest:
        """The request that gets a new token."""
        ...

    def code_request(self, data: Mapping[str, Any], code: str, verifier: str, redirect_uri: str) -> HttpRequest:
        """The request that turns an authorisation code into tokens."""
        ...

    def revoke_request(self, data: Mapping[str, Any], url: str, token: str) -> HttpRequest:
        """The request that makes a token void."""
        ...

    def refreshed(self, data: Mapping[str, Any], response: HttpResponse, now: float) -> dict[str, Any]:
        """The credential's fields with the tokens of an answer."""
        ...
