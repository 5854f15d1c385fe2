"""What is kept of people. Everything here stands in sealed records; see docs/adr/0020."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Records
from studio.domain.ids import INSTANCE
from studio.services._collection import Collection


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a service account.

    Args:
        email: As written; "" for a service account.
        mail_key: Keyed digest of the normalised address, by which it is found.
        name: As others see it.
        password: argon2id hash, None where there is none.
        totp: Secret of the second factor (base 32), None where there is none.
        totp_last: The last time step that was accepted, so that a code counts once.
        recovery: Digests of recovery codes that are left.
        lang: Language of the interface.
        time_zone: IANA name.
        active: Whether they may sign in.
        operator: Whether they operate the instance.
        service_of: Workspace of a service account, None for a person.
        subject: Issuer and subject at the identity provider, as one text.
        subject_key: Keyed digest of it.
        external_id: The id that SCIM knows it by.
        break_glass: May sign in with a password although single sign-on is enforced.
    """

    email: str
    mail_key: str
    name: str
    password: str | None = None
    totp: str | None = None
    totp_last: int = 0
    recovery: list[str] = []
    lang: str = "en"
    time_zone: str = "UTC"
    active: bool = True
    operator: bool = False
    service_of: str | None = None
    subject: str | None = None
    subject_key: str | None = None
    external_id: str | None = None
    break_glass: bool = False


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in. Its id is the digest of the token that the browser or the command line holds.

    ``csrf`` must come back in a header with every change that a browser asks for; a session of the command line has
    none. ``workspace`` is the one that was chosen last. Times in microseconds.
    """

    account: str
    csrf: str | None
    workspace: str = ""
    ip: str = ""
    agent: str = ""
    signed_in_at: int = 0
    seen_at: int = 0
    way: str = "password"


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as people see it."""

    name: str
    active: bool = True
    created_by: str = ""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """That an account belongs to a workspace. Its id is ``workspace.account``.

    ``role`` is a built-in role or the id of a custom one; ``folders`` gives a role more in a folder and below it.
    ``groups`` are ids of groups in that workspace.
    """

    workspace: str
    account: str
    role: str
    folders: dict[str, str] = {}
    groups: list[str] = []


class CustomRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role made of permissions."""

    name: str
    permissions: list[str]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group of members. Each has its role and its folder roles beside their own.

    ``external_id`` is the id or name that SCIM or the identity provider knows it by.
    """

    name: str
    role: str | None = None
    folders: dict[str, str] = {}
    external_id: str | None = None


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A link that works once: set-up, invitation, password reset. Its id is the digest of the secret in it."""

    purpose: str
    account: str | None = None
    workspace: str | None = None
    role: str | None = None
    email: str | None = None
    made_by: str = ""


class LoginFailures(msgspec.Struct, frozen=True, kw_only=True):
    """Failed sign-ins for one address, or from one place, since they were last forgotten."""

    count: int


def member_id(workspace: str, account: str) -> str:
    """Id of a membership."""
    return f"{workspace}.{account}"


class People:
    """Where all of it is kept. What is the instance's is under ``INSTANCE``; roles and groups under their workspace."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.accounts = Collection(
            records, "account", Account,
            unique=lambda one: [key for key in (
                f"mail:{one.mail_key}" if one.mail_key else "",
                f"subject:{one.subject_key}" if one.subject_key else "",
                f"external:{one.external_id}" if one.external_id else "",
            ) if key],
            fields=lambda one: {"service_of": one.service_of} if one.service_of else {"person": "yes"},
        )  # fmt: skip
        self.sessions = Collection(records, "session", Session, parent=lambda one: one.account)
        self.workspaces = Collection(records, "workspace", Workspace, fields=lambda one: {"name": one.name.casefold()})
        self.members = Collection(
            records, "member", Member,
            parent=lambda one: one.workspace,
            fields=lambda one: {"account": one.account},
        )  # fmt: skip
        self.roles = Collection(records, "role", CustomRole, unique=lambda one: [one.name.casefold()])
        self.groups = Collection(
            records, "group", Group,
            unique=lambda one: [f"name:{one.name.casefold()}"],
            fields=lambda one: {"external": one.external_id} if one.external_id else {},
        )  # fmt: skip
        self.tickets = Collection(records, "ticket", Ticket, parent=lambda one: one.account or "")
        self.failures = Collection(records, "login_failures", LoginFailures)

    async def mail_key(self, email: str) -> str:
        """The key that an address is found by."""
        return await self.records.digest(INSTANCE, email.strip().casefold())
