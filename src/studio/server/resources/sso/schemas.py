"""Bodies and answers of single sign-on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.server._models import In, Out

Short = Annotated[str, Field(max_length=200)]
Claim = Annotated[str, Field(min_length=1, max_length=200)]
Shorts = Annotated[list[Short], Field(max_length=50)]
Auth = Literal["client_secret_basic", "client_secret_post"]
_VALUE = "Name or id of the group, as the provider sends it."
_ALGORITHMS = "Signatures of ID tokens that count."


class SignInWayOut(Out):
    """A provider that one can sign in with."""

    id: str = Field(examples=["entra"])
    name: str = Field(examples=["Acme"])
    url: str = Field(description="Where the browser goes.", examples=["/api/v1/session/oidc/entra"])


class SignInWaysOut(Out):
    """How one can sign in."""

    items: list[SignInWayOut]
    password: bool = Field(description="Whether passwords count for everybody, and not for break-glass accounts alone.")


class AddressOut(Out):
    """Where to send the browser."""

    url: str


class MappingIn(In):
    """What a group of the provider gives here."""

    value: str = Field(min_length=1, max_length=500, description=_VALUE, examples=["studio-editors"])
    workspace: str = Field(max_length=64, examples=["default"])
    role: str | None = Field(default=None, max_length=64, examples=["editor"])
    group: str | None = Field(default=None, max_length=64, description="Id of a group of the workspace.")


class MappingOut(Out):
    """What a group of the provider gives here."""

    value: str
    workspace: str
    role: str | None
    group: str | None


class ProviderFields(In):
    """Settings of an identity provider that can be left out."""

    client_auth: Auth = "client_secret_basic"
    scopes: Shorts = Field(default=["openid", "email", "profile"])
    algorithms: Shorts = Field(default=["RS256", "PS256", "ES256", "Ed25519"], description=_ALGORITHMS)
    email_claim: Claim = "email"
    name_claim: Claim = "name"
    groups_claim: Claim = Field(default="groups", description="Dotted where it lies inside another claim.")
    domains: Annotated[list[Annotated[str, Field(max_length=253)]], Field(max_length=200)] = Field(
        default=[], description="Mail domains that may sign in; empty for all.", examples=[["example.org"]]
    )
    trusts_email: bool = Field(default=False, description="Addresses count as verified without `email_verified`.")
    links_by_email: bool = Field(
        default=False, description="Join an account with the same verified address at the first sign-in."
    )
    creates: bool = Field(default=True, description="Make an account at the first sign-in of somebody who has none.")
    default_workspace: str = Field(default="", max_length=64, description="Where everybody becomes a member.")
    default_role: str = Field(default="viewer", max_length=64, description="As what.")
    mappings: list[MappingIn] = Field(default=[], max_length=500)
    requires_mapping: bool = Field(default=False, description="Refuse whoever is in none of the mapped groups.")
    enforced: bool = Field(default=False, description="Refuse passwords but of break-glass accounts.")
    active: bool = True
    internal: bool = Field(default=False, description="Its host may be at a private address, and without TLS.")


class ProviderIn(ProviderFields):
    """A new identity provider."""

    id: str = Field(max_length=40, description="Stands in the redirect URI.", examples=["entra"])
    name: str = Field(max_length=80, description="What people see.", examples=["Acme"])
    issuer: str = Field(max_length=500, examples=["https://login.example.org"])
    client_id: str = Field(max_length=500, examples=["studio"])
    client_secret: str | None = Field(default=None, max_length=2000, description="Null for a public client.")


class ProviderChange(In):
    """Changes of an identity provider; what is left out stays."""

    name: str = Field(default="", max_length=80)
    issuer: str = Field(default="", max_length=500)
    client_id: str = Field(default="", max_length=500)
    client_secret: str | None = Field(default=None, max_length=2000)
    client_auth: Auth = "client_secret_basic"
    scopes: Shorts = Field(default=[])
    algorithms: Shorts = Field(default=[], description=_ALGORITHMS)
    email_claim: Claim = "email"
    name_claim: Claim = "name"
    groups_claim: Claim = "groups"
    domains: Annotated[list[Annotated[str, Field(max_length=253)]], Field(max_length=200)] = Field(default=[])
    trusts_email: bool = False
    links_by_email: bool = False
    creates: bool = True
    default_workspace: str = Field(default="", max_length=64)
    default_role: str = Field(default="viewer", max_length=64)
    mappings: list[MappingIn] = Field(default=[], max_length=500)
    requires_mapping: bool = False
    enforced: bool = False
    active: bool = True
    internal: bool = False


class ProviderOut(Out):
    """An identity provider. Its secret is never shown."""

    id: str
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    client_auth: Auth
    scopes: list[str]
    algorithms: list[str]
    email_claim: str
    name_claim: str
    groups_claim: str
    domains: list[str]
    trusts_email: bool
    links_by_email: bool
    creates: bool
    default_workspace: str
    default_role: str
    mappings: list[MappingOut]
    requires_mapping: bool
    enforced: bool
    active: bool
    internal: bool
    redirect_uri: str = Field(description="Register this with the provider, letter by letter.")
    backchannel_logout_uri: str = Field(description="Where the provider tells of sign-outs, if it can.")


class ProvidersOut(Out):
    """All identity providers."""

    items: list[ProviderOut]


class EndpointsOut(Out):
    """What a provider says about itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None


class BreakGlassOut(Out):
    """An account that may sign in with a password although a provider is enforced."""

    id: str
    email: str
    name: str
    operator: bool
