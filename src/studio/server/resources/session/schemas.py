"""Bodies and answers of sessions and of one's own profile."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.server._models import In, Out, Time


class SignIn(In):
    """Address and password."""

    email: str = Field(max_length=320, examples=["ada@example.org"])
    password: str = Field(max_length=2000)
    client: Literal["browser", "cli"] = Field(default="browser", description="A browser gets a cookie, others a token.")


class ChallengeOut(Out):
    """The password was right, and a code of the second factor is asked for."""

    challenge: str = Field(description="Give this back with the code.")
    expires_at: Time


class SecondStep(In):
    """The second step of signing in, from the same program as the first."""

    challenge: str = Field(max_length=200)
    code: str = Field(max_length=40, description="Of the authenticator app, or a recovery code.", examples=["123456"])


class AccountOut(Out):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    lang: str
    operator: bool
    time_zone: str
    second_factor: bool


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
    needs_second_factor: bool = Field(
        default=False, description="The workspace asks for a second factor: nothing is allowed until one is set up."
    )
    csrf: str | None = Field(default=None, description="Give this back as X-CSRF-Token with every change.")
    token: str | None = Field(default=None, description="For clients other than browsers: Authorization: Bearer …")


class SessionChange(In):
    """Choose another workspace."""

    workspace: str = Field(max_length=64)


class PasswordChange(In):
    """Change one's own password."""

    old_password: str = Field(max_length=2000)
    password: str = Field(max_length=2000)


class ResetAsk(In):
    """Whose password was forgotten."""

    email: str = Field(max_length=320, examples=["ada@example.org"])


class ResetAsked(Out):
    """The same for every address."""

    mail: bool = Field(description="Whether this Studio sends mail; else ask an Admin for a link.")


class ResetFinish(In):
    """The secret of the link, and the new password."""

    secret: str = Field(max_length=200)
    password: str = Field(max_length=2000)


class OpenSessionOut(Out):
    """A session that is open."""

    id: str
    ip: str = Field(description="Where it began.")
    agent: str = Field(description="The program, as it says.")
    kind: Literal["browser", "program"]
    way: str = Field(description="How it began.", examples=["password"])
    second_factor: bool
    workspace: str
    signed_in_at: Time
    seen_at: Time = Field(description="When it was used last, to some minutes.")
    current: bool


class ProfileOut(AccountOut):
    """One's own account."""

    verified: bool
    recovery_codes: int = Field(description="How many recovery codes are left.")


class ProfileChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    lang: Literal["en", "fr", "ar"] | None = None
    time_zone: str | None = Field(default=None, max_length=80, examples=["Europe/Paris"])


class EmailAsk(In):
    """Another address, and the password once more."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=2000)


class LinkSecret(In):
    """The secret of a link: what stands behind its `#`."""

    secret: str = Field(max_length=200)


class PasswordAgain(In):
    """The password once more."""

    password: str = Field(max_length=2000)


class EnrolmentOut(Out):
    """What the authenticator app is given. It counts once a first code confirms it."""

    secret: str
    uri: str = Field(examples=["otpauth://totp/Studio:ada%40example.org?secret=…"])


class CodeIn(In):
    """A code of the authenticator app."""

    code: str = Field(max_length=40, examples=["123456"])


class RecoveryCodesOut(Out):
    """Codes that each work once in place of one of the app. They are shown now and never again."""

    codes: list[str]


class OwnData(Out):
    """Everything that Studio keeps about a person, for that person."""

    account: dict[str, Any]
    memberships: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
