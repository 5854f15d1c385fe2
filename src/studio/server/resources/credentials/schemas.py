"""Bodies and answers about credentials. No answer has a field for a secret."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from studio.server._models import In, Out, PageOut, Time

Level = Literal["use", "manage"]
Fields = dict[str, Any]


class ReferenceOut(Out):
    """Where a secret stands outside Studio."""

    store: str
    path: str
    key: str


class SecretOut(Out):
    """A secret field that has a value, which is never shown."""

    name: str = Field(examples=["token"])
    reference: ReferenceOut | None = Field(description="Where it is read from; null where Studio keeps it.")


class SharingModel(In):
    """Who may do what beside the owner: `use` it in workflows, or `manage` it."""

    members: dict[str, Level] = Field(default={}, max_length=1000, description="By account.")
    groups: dict[str, Level] = Field(default={}, max_length=200, description="By group.")
    everyone: Level | None = Field(default=None, description="Every member of the workspace.")


class TestOut(Out):
    """What a test call showed."""

    __test__ = False

    at: Time
    ok: bool
    status: int | None = Field(description="Status of the answer; null where there was none.")
    code: str | None = Field(description="Code of the error that kept the call from an answer.")


class CredentialOut(Out):
    """A credential, without its secrets."""

    id: str
    name: str = Field(description="What workflows name it by.", examples=["mail-out"])
    type: str = Field(examples=["http.bearer"])
    owner: str
    description: str
    fields: Fields = Field(description="The fields that are not secret.", examples=[{"hosts": ["api.example.org"]}])
    secrets: list[SecretOut]
    client: str | None = Field(description="The registered client it signs in with; null for one of its own.")
    state: Literal["ready", "sign_in"] = Field(description="`sign_in`: somebody must sign in at the provider (again).")
    level: Literal["", "use", "manage"] = Field(description="What the caller may do; empty for looking at it.")
    sharing: SharingModel | None = Field(description="Only for those who manage it.")
    expires_at: Time | None
    used_at: Time | None = Field(description="When it was used last, to within five minutes.")
    tested: TestOut | None
    created_by: str
    created_at: Time
    updated_by: str
    updated_at: Time


class CredentialIn(In):
    """A new credential."""

    name: str = Field(min_length=1, max_length=100, examples=["mail-out"])
    type: str = Field(max_length=200, examples=["http.bearer"])
    description: str = Field(default="", max_length=2000)
    fields: Fields = Field(
        default={},
        max_length=100,
        description="The form of the type filled in. A secret field may refer to a secret store: "
        '`{"$secret": {"store": …, "path": …, "key": …}}`.',
        examples=[{"token": "…", "hosts": ["api.example.org"]}],
    )
    client: str | None = Field(default=None, max_length=63, description="A client that the operator registered.")
    expires_at: AwareDatetime | None = None


class CredentialChange(In):
    """What is to change; what is left out stays. Of `fields` only those given change, and null empties one.

    Where a change alters to where the credential is sent, all of its secrets must be given again.
    """

    name: str | None = Field(default=None, min_length=1, max_length=100)
    description: str | None = Field(default=None, max_length=2000)
    fields: Fields | None = Field(default=None, max_length=100)
    client: str | None = Field(default=None, max_length=63, description="Empty for a client of its own.")
    expires_at: AwareDatetime | None = None


class OwnerIn(In):
    """Who answers for it from now on."""

    owner: str = Field(max_length=64, description="Account of a member.")


class PlaceOut(Out):
    """A workflow that names a credential."""

    workflow: str
    name: str
    key: str
    draft: bool = Field(description="Whether the draft does.")
    version: int | None = Field(description="The version that runs, where that does.")
    names: list[str] = Field(description="The names by which it does.")


class PlacesOut(PageOut[PlaceOut]):
    """Where a credential is used."""

    hidden: int = Field(description="How many workflows more there are, which the caller may not see.")


class AffectedOut(Out):
    """The workflows that need a credential which ends."""

    items: list[PlaceOut] = Field(description="The first twenty.")
    more: int = Field(description="How many there are beside them; `GET /credentials/{credential}/usage` has all.")
    hidden: int = Field(description="How many more there are that the caller may not see.")


class EndingOut(Out):
    """A credential that needs somebody's attention."""

    credential: str
    name: str
    state: Literal["ready", "sign_in"]
    expires_at: Time | None
    usage: AffectedOut


class ConnectOut(Out):
    """Where to send the browser."""

    url: str = Field(examples=["https://accounts.example.org/authorize?…"])


class AliasOut(Out):
    """A name in workflows that stands for a credential in each environment."""

    name: str
    targets: dict[str, str] = Field(description="Credential by environment.", examples=[{"default": "01hx…"}])
    by: str
    updated_at: Time


class AliasIn(In):
    """What an alias stands for."""

    targets: dict[str, str] = Field(min_length=1, max_length=20, examples=[{"default": "01hx…"}])
