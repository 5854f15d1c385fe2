"""What is kept of people. Everything here stands in sealed records; see docs/adr/0020."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Records
from studio.domain.ids import INSTANCE
from studio.services._collection import Collection

BY_PROVIDER = frozenset({"oidc", "sso"})
"""Ways of signing in where an identity provider has asked for what it thinks right."""


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
        verified: Whether it is known that the address is theirs: a secret sent there came back, or an identity provider
            says so. Nothing of another system is joined to an account by an address that is not.
        totp_pending: Secret of a second factor that is being set up, until a first code confirms it.
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
    verified: bool = False
    totp_pending: str | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in. Its id is the digest of the token that the browser or the command line holds.

    ``csrf`` must come back in a header with every change that a browser asks for; a session of the command line has
    none. ``workspace`` is the one that was chosen last. Times in microseconds. ``factor``: a second one was shown.
    ``provider`` and ``provider_session``: the identity provider it was begun with, and what that calls its own session.
    """

    account: str
    csrf: str | None
    workspace: str = ""
    ip: str = ""
    agent: str = ""
    signed_in_at: int = 0
    seen_at: int = 0
    way: str = "password"
    factor: bool = False
    provider: str = ""
    provider_session: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which somebody has signed in before. Its id is the digest of its cookie."""

    account: str


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as people see it.

    Args:
        name: As people see it.
        active: Whether it is in use; of an archived one nobody has any rights.
        created_by: Account that made it.
        second_factor: Whether it asks a second factor of its members where they sign in with a password.
    """

    name: str
    active: bool = True
    created_by: str = ""
    second_factor: bool = False


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
    """A link or a step that works once. Its id is the digest of the secret in it.

    Args:
        purpose: ``setup``, ``invitation``, ``reset``, ``email``, ``challenge``.
        account: Whom it is for.
        workspace: Of an invitation: where to.
        role: Of an invitation: as what.
        email: The address that it is about.
        mail_key: Keyed digest of it.
        made_by: Account that made it.
        mailed: Whether only the owner of the address was told the secret.
        browser: Of a second step: whether the first came from a browser.
        agent: Of a second step: the program that the first came from.
        stamp: Digest of the password it was made under; void under another one.
        rights: Digest of what the account might when a member's Admin made it; void once that is something else.
        tries: Of a second step: codes that were tried.
        counters: Of a second step: the counters of the first, which are forgotten where both were right.
    """

    purpose: str
    account: str | None = None
    workspace: str | None = None
    role: str | None = None
    email: str | None = None
    made_by: str = ""
    mail_key: str | None = None
    mailed: bool = False
    browser: bool = False
    agent: str = ""
    stamp: str = ""
    rights: str = ""
    tries: int = 0
    counters: list[str] = []


class Offboarding(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's leave that has begun: what was decided, so that it can go on where it was interrupted.

    ``heirs`` gives by workspace who takes over; ``workspaces`` are those that are left.
    """

    account: str
    workspaces: list[str]
    heirs: dict[str, str]
    by: str
    deactivate: bool = False


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
            fields=lambda one: ({"service_of": one.service_of} if one.service_of else {"person": "yes"})
            | ({"operator": "yes"} if one.operator else {}),
        )  # fmt: skip
        self.sessions = Collection(records, "session", Session, parent=lambda one: one.account)
        self.devices = Collection(records, "known_device", Device, parent=lambda one: one.account)
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
        self.tickets = Collection(
            records, "ticket", Ticket,
            parent=lambda one: one.account or "",
            unique=lambda one: (
                [f"invitation:{one.workspace}:{one.mail_key}"] if one.purpose == "invitation" and one.mail_key else []
            ),
            fields=lambda one: {"invited_to": one.workspace} if one.purpose == "invitation" and one.workspace else {},
        )  # fmt: skip
        self.offboardings = Collection(records, "offboarding", Offboarding)
        self.failures = Collection(records, "login_failures", LoginFailures)

    async def mail_key(self, email: str) -> str:
        """The key that an address is found by."""
        return await self.records.digest(INSTANCE, email.strip().casefold())
