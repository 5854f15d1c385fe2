"""What is kept of identity providers. Everything here stands in sealed records."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.domain.ids import INSTANCE
from studio.services._collection import Collection, Kept

ClientAuth: TypeAlias = Literal["client_secret_basic", "client_secret_post"]
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""What ID tokens may be signed with: public keys only, and never nothing."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody in a group of the provider has here: a role in a workspace, a group of it, or both."""

    value: str
    workspace: str
    role: str | None = None
    group: str | None = None


class IdentityProvider(msgspec.Struct, frozen=True, kw_only=True):
    """An OpenID provider. Its id stands in the redirect URI.

    Args:
        name: On the button that people sign in with.
        issuer: Exactly as the provider says it in discovery and tokens.
        client_id: As registered with the provider.
        client_secret: None for a public client, which PKCE alone protects.
        client_auth: How the secret is given to the token endpoint.
        scopes: What is asked for; ``openid`` is always among them.
        algorithms: Which signatures of ID tokens count.
        email_claim: Claim with the mail address.
        name_claim: Claim with the name.
        groups_claim: Claim with the groups, dotted where it lies inside another.
        domains: Mail domains that may sign in; empty for all.
        trusts_email: Whether addresses count as verified without ``email_verified``.
        links_by_email: Whether an account with the same verified address is joined at the first sign-in.
        creates: Whether people without an account get one at their first sign-in.
        default_workspace: Where everybody becomes a member, "" for nowhere.
        default_role: As what, there and where a mapping gives a group only.
        mappings: Groups to roles; the first that fits a workspace gives its role.
        requires_mapping: Whether somebody in none of these groups is refused.
        enforced: Whether passwords are refused but for break-glass accounts.
        active: Whether it can be signed in with.
        internal: Whether its host may be at a private address.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    client_auth: ClientAuth = "client_secret_basic"
    scopes: list[str] = msgspec.field(default_factory=lambda: ["openid", "email", "profile"])
    algorithms: list[str] = msgspec.field(default_factory=lambda: ["RS256", "PS256", "ES256", "Ed25519"])
    email_claim: str = "email"
    name_claim: str = "name"
    groups_claim: str = "groups"
    domains: list[str] = []
    trusts_email: bool = False
    links_by_email: bool = False
    creates: bool = True
    default_workspace: str = ""
    default_role: str = "viewer"
    mappings: list[Mapping] = []
    requires_mapping: bool = False
    enforced: bool = False
    active: bool = True
    internal: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in under way. Its id is the digest of ``state``; it works once, in the browser that began it.

    ``account`` and ``session`` are those of a person who connects the provider to the account they are signed in with.
    """

    provider: str
    browser: str
    nonce: str
    verifier: str
    redirect_uri: str
    return_to: str = "/"
    account: str | None = None
    session: str | None = None


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's or a directory's groups have given somebody in a workspace, so that just this is taken away
    again: ``made`` says that the membership itself came from there, and its role with it.
    """

    source: str
    account: str
    workspace: str
    made: bool = False
    groups: list[str] = []


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """A logout token that was used."""

    provider: str


def granted_id(source: str, workspace: str, account: str) -> str:
    """Id of what a source has given somebody in a workspace."""
    return f"{source}.{workspace}.{account}"


class SsoShelf:
    """Where it is kept: all of it is the instance's."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.providers = Collection(
            records, "identity_provider", IdentityProvider,
            fields=lambda one: {"enforced": "yes"} if one.enforced and one.active else {},
        )  # fmt: skip
        self.flows = Collection(records, "sso_flow", Flow)
        self.granted = Collection(
            records, "sso_granted", Granted,
            parent=lambda one: one.source, fields=lambda one: {"account": one.account},
        )  # fmt: skip
        self.spent = Collection(records, "sso_spent", Spent)

    async def enforcing(self) -> Kept[IdentityProvider] | None:
        """A provider that everybody must sign in with, None where passwords do."""
        found = await self.providers.page(INSTANCE, field="enforced", value="yes", limit=1)
        return found.items[0] if found.items else None
