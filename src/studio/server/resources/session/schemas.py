"""Bodies and answers of sessions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import In, Out


class SignIn(In):
    """Address and password."""

    email: str = Field(max_length=320, examples=["ada@example.org"])
    password: str = Field(max_length=2000)
    client: Literal["browser", "cli"] = Field(default="browser", description="A browser gets a cookie, others a token.")


class AccountOut(Out):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    lang: str
    operator: bool


class MembershipOut(Out):
    """A workspace the account belongs to."""

    id: str
    name: str
    role: str


class SessionOut(Out):
    """Who is signed in, and what they may do in the present workspace."""

    account: AccountOut
    workspace: str
    workspaces: list[MembershipOut]
    permissions: list[str]
    folders: dict[str, list[str]]
    csrf: str | None = Field(default=None, description="Give this back as X-CSRF-Token with every change.")
    token: str | None = Field(default=None, description="For clients other than browsers: Authorization: Bearer …")


class SessionChange(In):
    """Choose another workspace."""

    workspace: str = Field(max_length=64)


class PasswordChange(In):
    """Change one's own password."""

    old_password: str = Field(max_length=2000)
    password: str = Field(max_length=2000)
