"""What is kept of notices. Everything stands in sealed records; see docs/adr/0020."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

KINDS = ("failure", "recovery", "quota", "credential", "backup", "mention", "owner")
"""What there are notices about."""


class NoticeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which notices a workspace gives, and how.

    Args:
        kinds: Which there are.
        mail: Whether they go by mail.
        wait: Seconds that a notice waits for others, which then go in one letter.
        webhook: Address that they are posted to; "" for none.
        webhook_secret: What its signature is made with.
    """

    kinds: tuple[str, ...] = KINDS
    mail: bool = True
    wait: int = 120
    webhook: str = ""
    webhook_secret: str = ""


class OwnNotices(msgspec.Struct, frozen=True, kw_only=True):
    """Which notices a member gets by mail. Its id is the account."""

    kinds: tuple[str, ...] = KINDS


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That a workflow fails. Its id is the workflow; there is none for one that does not.

    ``since`` is the end of the first failure, ``last`` of the last, microseconds; ``count`` how many there were.
    """

    since: int
    last: int
    count: int = 1
    execution: str = ""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which failure (its end and its id) a workspace has been looked through."""

    at: int
    id: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell.

    Args:
        kind: One of ``KINDS``.
        subject: Id of the workflow, credential or the like it is about.
        name: Its name.
        facts: What the sentence needs.
        to: Accounts that are told by mail.
        done: Who has been told: accounts, and ``webhook``.
        due: When it is told, microseconds.
        tries: How often that was tried.
    """

    kind: str
    subject: str = ""
    name: str = ""
    facts: dict[str, Any] = {}
    to: list[str] = []
    done: list[str] = []
    due: int = 0
    tries: int = 0


class Shelf:
    """Where all of it is kept, under its workspace."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.settings = Collection(records, "notice_settings", NoticeSettings)
        self.own = Collection(records, "notice_own", OwnNotices)
        self.health = Collection(records, "workflow_health", Health)
        self.seen = Collection(records, "notice_seen", Seen)
        self.notices = Collection(records, "notice", Notice)
