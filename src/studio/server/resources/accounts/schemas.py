"""Bodies and answers about accounts, as operators and workspaces see them."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out, ShownOnce, Time


class OperatedAccountOut(Out):
    """An account."""

    id: str
    name: str
    email: str
    active: bool
    operator: bool
    verified: bool = Field(description="Whether it is known that the address is theirs.")
    second_factor: bool
    lang: str
    external_id: str | None
    created_at: Time


class BelongingOut(Out):
    """A workspace that an account belongs to."""

    workspace: str
    name: str
    active: bool
    role: str
    groups: list[str]


class AccountShownOut(OperatedAccountOut):
    """An account with its memberships."""

    memberships: list[BelongingOut]


class AccountIn(In):
    """A new account."""

    email: str = Field(max_length=320, examples=["grace@example.org"])
    name: str = Field(max_length=200, examples=["Grace Hopper"])


class AccountMadeOut(OperatedAccountOut):
    """A new account, and the link by which its owner chooses a password. It is shown now and never again."""

    link: ShownOnce = Field(description="Null where the request was repeated.")


class AccountChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=320)
    active: bool | None = None
    operator: bool | None = None


class LeaveOpen(Out):
    """A leave that was begun and is not done."""

    account: str
    workspaces: list[str]
    heirs: dict[str, str]
    by: str
    begun_at: Time


class ServiceAccountOut(Out):
    """A service account. Role, folders and groups are those of its membership: `/members/{id}`."""

    id: str
    name: str = Field(examples=["Nightly import"])
    active: bool
    role: str
    folders: dict[str, str]
    groups: list[str]
    created_at: Time


class ServiceAccountIn(In):
    """A new service account."""

    name: str = Field(min_length=1, max_length=200, examples=["Nightly import"])
    role: str = Field(default="service", min_length=1, max_length=64)


class ServiceAccountChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    active: bool | None = None
