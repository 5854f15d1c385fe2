"""Bodies and answers about groups."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out


class GroupOut(Out):
    """A group of members."""

    id: str
    name: str = Field(examples=["Accounting"])
    role: str | None = Field(description="What all in it may, beside their own role; null for nothing more.")
    folders: dict[str, str] = Field(description="Roles by folder.")
    external_id: str | None = Field(description="What the identity provider knows it by.")
    members: int


class GroupIn(In):
    """A new group."""

    name: str = Field(min_length=1, max_length=200, examples=["Accounting"])
    role: str | None = Field(default=None, max_length=64)
    folders: dict[str, str] = Field(default={}, description="Roles by folder.")


class GroupChange(In):
    """What is to change; what is left out stays. A `role` of null takes the group's role away."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: str | None = Field(default=None, max_length=64)
    folders: dict[str, str] | None = None


class GroupMembersIn(In):
    """Who comes in and who goes out: ids of accounts."""

    add: list[str] = Field(default=[], max_length=500)
    remove: list[str] = Field(default=[], max_length=500)


class ChangedOut(Out):
    """How many changed."""

    changed: int
