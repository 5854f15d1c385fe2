"""Bodies and answers about clients registered with providers."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out, Time


class ClientOut(Out):
    """A client registered with a provider, without its secret."""

    name: str = Field(examples=["example"])
    title: str
    type: str = Field(description="Credential type that signs in with it.", examples=["http.oauth2"])
    client_id: str
    secret_set: bool
    authorize_url: str
    token_url: str
    revoke_url: str
    issuer: str
    scopes: str
    redirect_uri: str = Field(description="What to register with the provider.")
    updated_at: Time


class ClientIn(In):
    """A client. Without `client_secret` it keeps the one it has, unless an address changes."""

    title: str = Field(min_length=1, max_length=200)
    type: str = Field(max_length=200, examples=["http.oauth2"])
    client_id: str = Field(min_length=1, max_length=1000)
    client_secret: str | None = Field(default=None, max_length=10_000)
    authorize_url: str = Field(default="", max_length=2000)
    token_url: str = Field(default="", max_length=2000)
    revoke_url: str = Field(default="", max_length=2000, description="Where tokens are made void (RFC 7009).")
    issuer: str = Field(
        default="",
        max_length=2000,
        description="Where set, the provider must name itself so when it sends back.",
    )
    scopes: str = Field(default="", max_length=2000, description="Rights to ask for, with spaces between.")
