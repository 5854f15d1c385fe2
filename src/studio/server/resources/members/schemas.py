"""Bodies and answers about members and their leave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out, Time

Folders = dict[str, str]
"""Role by folder."""


class MemberOut(Out):
    """A member of the workspace."""

    id: str = Field(description="Id of the account.")
    name: str = Field(examples=["Ada Lovelace"])
    email: str = Field(description='"" for a service account.')
    kind: Literal["person", "service"]
    active: bool
    second_factor: bool
    role: str = Field(description="A built-in role, or the id of one of the workspace's own.", examples=["editor"])
    folders: Folders = Field(description="Roles beyond that, by folder. Each holds in the folders below too.")
    groups: list[str]
    since: Time


class MemberChange(In):
    """What is to change; what is left out stays."""

    role: str | None = Field(default=None, min_length=1, max_length=64)
    folders: Folders | None = None
    groups: list[str] | None = Field(default=None, max_length=500)


class LinkOut(Out):
    """A link that works once. It is shown now and never again."""

    link: str


class EndedOut(Out):
    """How many ended."""

    ended: int


class HandOverIn(In):
    """Who takes over."""

    to: str = Field(max_length=64, description="Id of another member's account.")


class HandedOut(Out):
    """How many things were handed over."""

    handed: int


class LeaveIn(In):
    """How somebody leaves a workspace."""

    heir: str | None = Field(default=None, max_length=64, description="Who takes over what they own there.")


class LeaveEverywhereIn(LeaveIn):
    """How somebody leaves the instance."""

    heirs: dict[str, str] = Field(default={}, description="Who takes over, by workspace; `heir` elsewhere.")


class HoldingOut(Out):
    """Something that they hold."""

    kind: str = Field(examples=["workflow"])
    id: str
    name: str
    fate: Literal["ends", "handed"]


class PlaceLeft(Out):
    """What a leave means in a workspace."""

    workspace: str
    name: str
    role: str
    heir: str | None
    needs_heir: bool = Field(description="Whether something must be handed to somebody.")
    last_admin: bool = Field(description="They are its last Admin, so that another one must be made first.")
    holdings: list[HoldingOut]


class LeaveOut(Out):
    """What a leave means: what will happen, or what was done."""

    account: str
    name: str
    sessions: int | None = Field(
        description="How many end. Null where they stay open, since the person may things elsewhere that you may not."
    )
    deactivate: bool
    last_operator: bool = Field(
        description="They are the last operator, or the last whom a password lets in while a provider is enforced."
    )
    possible: bool
    workspaces: list[PlaceLeft]
