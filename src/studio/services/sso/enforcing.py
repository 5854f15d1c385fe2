"""Passwords while single sign-on is enforced: for break-glass accounts alone, and each time in the audit log."""

from __future__ import annotations

from studio.contracts.records import AuditDraft, Records
from studio.domain.access import Actor
from studio.domain.errors import AccessRefused
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.model import Account
from studio.services.sso.model import SsoShelf


async def provider_instead(records: Records, account: Kept[Account] | None) -> AccessRefused | None:
    """The error for a password where a provider is enforced, None where the password counts.

    It is the same for everybody but break-glass accounts, right password or wrong, so that nothing can be guessed here.
    """
    enforcing = await SsoShelf(records).enforcing()
    if enforcing is None or (account is not None and account.value.break_glass):
        return None
    return AccessRefused("sso.enforced", "Sign in with {provider}.", provider=enforcing.value.name)


async def by_password(records: Records, account: Kept[Account], asking: Actor) -> list[AuditDraft]:
    """What the audit log is told of a session that begins by a password.

    Raises:
        AccessRefused: A provider is enforced, and this is no break-glass account.
    """
    refused = await provider_instead(records, account)
    if refused is not None:
        raise refused
    if not account.value.break_glass or await SsoShelf(records).enforcing() is None:
        return []
    return [
        entry(asking, "session.break_glass", kind="account", id=account.id, name=account.value.name, workspace=INSTANCE)
    ]
