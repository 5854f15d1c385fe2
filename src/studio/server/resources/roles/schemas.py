"""Bodies and answers about roles."""

from __future__ import annotations

from pydantic import Field

from studio.server._models import In, Out


class RoleOut(Out):
    """A role."""

    id: str = Field(examples=["editor"])
    name: str
    built_in: bool
    permissions: list[str] = Field(examples=[["workflow.view", "workflow.execute"]])


class RolesOut(Out):
    """The roles of the workspace, those built in first, and what roles can be made of."""

    items: list[RoleOut]
    permissions: list[str] = Field(description="Every permission that a role can have.")
    by_folder: list[str] = Field(description="Those of them that also count where a role is given for a folder.")


class RoleIn(In):
    """A new role."""

    name: str = Field(min_length=1, max_length=100, examples=["Operator of the night"])
    permissions: list[str] = Field(max_length=100, examples=[["workflow.view", "workflow.execute"]])


class RoleChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    permissions: list[str] | None = Field(default=None, max_length=100)
