"""What the vault keeps. Everything here stands in sealed records; see docs/adr/0020 and 0033."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

ENVIRONMENT = "default"
"""The environment in which aliases are looked up."""
ANY = "*"
"""Stands for every environment: a credential's own name."""
USE, MANAGE = "use", "manage"
READY, SIGN_IN = "ready", "sign_in"


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """What a test call showed. ``status`` is that of the answer, 0 where there was none."""

    at: int
    ok: bool
    status: int = 0
    code: str = ""


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Who may do what beside the owner: ``use`` or ``manage`` by account, by group, and for everyone ("" for none)."""

    members: dict[str, str] = {}
    groups: dict[str, str] = {}
    everyone: str = ""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as lists show it. What is secret stands in ``CredentialSecret`` under the same id.

    Args:
        name: Unique in the workspace, among aliases too; workflows name it by this.
        type: Credential type.
        owner: Account that answers for it.
        plain: The fields that are not secret.
        filled: Names of the secret fields that have a value, each with the reference where it is one.
        client: The provider whose registered client it signs in with; "" where it has a client of its own.
        state: ``ready``, or ``sign_in`` where somebody must sign in at the provider (again).
        expires_at: When it ends, as far as anybody knows. Microseconds.
        connected_by: Account that signed in at the provider; "" where nobody did.
        lost_at: Since when its provider wants a sign-in again; None where it does not, or nobody has signed in yet.
    """

    name: str
    type: str
    owner: str
    description: str = ""
    plain: dict[str, Any] = {}
    filled: dict[str, dict[str, str] | None] = {}
    client: str = ""
    sharing: Sharing = Sharing()
    state: str = READY
    expires_at: int | None = None
    created_by: str = ""
    updated_by: str = ""
    connected_by: str = ""
    lost_at: int | None = None


class CredentialSecret(msgspec.Struct, frozen=True, kw_only=True):
    """The secret fields of a credential, and what a provider gave."""

    type: str
    fields: dict[str, Any]


class CredentialUse(msgspec.Struct, frozen=True, kw_only=True):
    """When a credential was used last, to within some minutes, and what its last test showed."""

    used_at: int | None = None
    tested: Tested | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What a name in a workflow stands for: a credential's own name, or an alias with a credential per environment."""

    name: str
    targets: dict[str, str]
    alias: bool = False
    by: str = ""


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """That one process renews a token just now."""

    holder: str


class OAuthClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client that the operator registered with a provider, once for everybody. ``type`` is a credential type."""

    title: str
    type: str
    client_id: str
    client_secret: str = ""
    authorize_url: str = ""
    token_url: str = ""
    revoke_url: str = ""
    issuer: str = ""
    scopes: str = ""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in at a provider that was begun. Its id is the digest of the state parameter."""

    workspace: str
    credential: str
    account: str
    session: str
    verifier: str
    redirect_uri: str
    client: str = ""
    token_url: str = ""
    issuer: str = ""
    revision: int = 0


class StoreSetup(msgspec.Struct, frozen=True, kw_only=True):
    """An external secret store of a workspace.

    Args:
        name: As references name it.
        kind: ``vault``, ``environment`` or ``files``.
        paths: Beginnings of the paths that may be read; empty for all.
        settings: What the kind needs: ``url``, ``namespace``, ``mount``; ``prefix``; ``folder``.
        secrets: ``token``, or ``role_id`` and ``secret_id``.
    """

    name: str
    kind: str
    paths: list[str] = []
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    by: str = ""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable of a workspace: a JSON value. ``pending`` until what executions read has it too."""

    name: str
    value: Any = None
    secret: bool = False
    description: str = ""
    pending: bool = False
    deleted: bool = False
    by: str = ""


class HiddenText(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that was replaced or deleted. It is kept to be masked, and for nothing else."""

    text: str


class SecretsState(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but a revision, which rises whenever a secret of the workspace changes."""


class Vault:
    """Where all of it is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.credentials = Collection(
            records, "credential", Credential,
            fields=lambda one: {"name": one.name.casefold(), "type": one.type, **(
                {"expires": f"{one.expires_at:020d}"} if one.expires_at is not None else {}
            ), **({"sign_in": "yes"} if one.state == SIGN_IN else {}), **(
                {"client": one.client} if one.client else {}
            )},
        )  # fmt: skip
        self.secrets = Collection(records, "credential_secret", CredentialSecret)
        self.uses = Collection(records, "credential_use", CredentialUse)
        self.hidden = Collection(records, "hidden_text", HiddenText)
        self.state = Collection(records, "secrets_state", SecretsState)
        self.names = Collection(
            records, "credential_name", Named,
            fields=lambda one: {"alias": one.name.casefold()} if one.alias else {},
        )  # fmt: skip
        self.locks = Collection(records, "credential_lock", Lock)
        self.clients = Collection(records, "oauth_client", OAuthClient, fields=lambda one: {"type": one.type})
        self.sign_ins = Collection(records, "oauth_sign_in", SignIn)
        self.stores = Collection(records, "secret_store", StoreSetup)
        self.variables = Collection(
            records, "variable", Variable,
            fields=lambda one: ({"name": one.name} if not one.deleted else {}) | (
                {"pending": "yes"} if one.pending else {}
            ),
        )  # fmt: skip


def name_id(name: str) -> str:
    """The id of the record that says what a name stands for."""
    return name.casefold()
