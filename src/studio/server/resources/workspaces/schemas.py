"""Bodies and answers about workspaces."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out, Time


class WorkspaceOut(Out):
    """A workspace."""

    id: str
    name: str = Field(examples=["Finance"])
    active: bool = Field(description="False where it is archived.")
    second_factor: bool = Field(description="Whether members who sign in with a password need a second factor.")
    role: str | None = Field(description="The caller's own role in it; null where they do not belong to it.")
    created_by: str
    created_at: Time


class WorkspaceIn(In):
    """A new workspace."""

    name: str = Field(min_length=1, max_length=100, examples=["Finance"])


class WorkspaceChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    second_factor: bool | None = None
    active: bool | None = Field(default=None, description="False archives it. Only an operator brings it back.")


class AdminIn(In):
    """Whom to make an Admin."""

    account: str = Field(max_length=64)
