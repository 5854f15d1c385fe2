"""What a notice says."""

from __future__ import annotations

from studio.domain.ids import INSTANCE
from studio.domain.phrases import Phrase
from studio.services.notices.model import Notice
from studio.services.vault.usage import listed


def sentence(notice: Notice) -> Phrase:
    """A notice as one sentence."""
    facts = notice.facts
    match notice.kind:
        case "failure":
            return Phrase(
                "notice.failure", "{name} failed ({error}). Its next failures are not told until it has recovered.",
                name=notice.name, error=facts.get("error") or "?",
            )  # fmt: skip
        case "recovery":
            return Phrase(
                "notice.recovery", "{name} has recovered. It had failed {failures} times.",
                name=notice.name, failures=facts.get("failures", 0),
            )  # fmt: skip
        case "quota":
            arguments = {"quota": notice.name, "used": facts.get("used", 0), "limit": facts.get("limit", 0)}
            if facts.get("state") == "reached":
                return Phrase("notice.quota_reached", "The quota {quota} is used up: {used} of {limit}.", **arguments)
            return Phrase(
                "notice.quota_warning", "The quota {quota} is nearly used up: {used} of {limit}.", **arguments
            )
        case "credential":
            return _of_credential(notice)
        case "mention":
            return Phrase(
                "notice.mention", "{by} mentions you in a comment on {name}.",
                by=facts.get("by") or "?", name=notice.name,
            )  # fmt: skip
        case "owner":
            return _of_owner(notice)
        case _:
            return Phrase("notice.backup", "The server's scheduled backup failed. The log tells why.")


def _of_owner(notice: Notice) -> Phrase:
    """What a notice to the new owner of a workflow says."""
    by = notice.facts.get("by") or "?"
    if notice.facts.get("back"):
        return Phrase("notice.handed_back", "{name} is yours again: {by} gave it back.", by=by, name=notice.name)
    return Phrase(
        "notice.owner", "{by} made you the owner of {name}. Accept it, or hand it back.", by=by, name=notice.name
    )


def _of_credential(notice: Notice) -> Phrase:
    """What a notice about a credential says, with the workflows that need it."""
    facts = notice.facts
    names: list[str] = facts.get("workflows") or []
    more: int = facts.get("more", 0)
    workflows = listed(names, more)
    used = bool(names or more)
    if facts.get("sign_in"):
        if used:
            return Phrase(
                "notice.sign_in_used",
                "Somebody has to sign in again for the credential {name}. Workflows that need it: {workflows}.",
                name=notice.name, workflows=workflows,
            )  # fmt: skip
        return Phrase(
            "notice.sign_in", "Somebody has to sign in again for the credential {name}. No workflow needs it.",
            name=notice.name,
        )  # fmt: skip
    expires = facts.get("expires", "?")
    if used:
        return Phrase(
            "notice.credential_used", "The credential {name} ends on {expires}. Workflows that need it: {workflows}.",
            name=notice.name, expires=expires, workflows=workflows,
        )  # fmt: skip
    return Phrase(
        "notice.credential", "The credential {name} ends on {expires}. No workflow needs it.",
        name=notice.name, expires=expires,
    )  # fmt: skip


def link(notice: Notice, address: str) -> str:
    """Where to look; "" where there is nothing to see."""
    if "execution" in notice.facts:
        return f"{address}/executions/{notice.facts['execution']}"
    if notice.kind == "owner":
        return f"{address}/workflows/{notice.subject}"
    if "thread" in notice.facts:
        return f"{address}/workflows/{notice.subject}?thread={notice.facts['thread']}"
    return ""


def subject(workspace: str, count: int) -> Phrase:
    """The subject of a letter with so many notices."""
    if workspace == INSTANCE:
        return Phrase("notice.subject_instance", "Studio: {count} notices about this server", count=count)
    return Phrase("notice.subject", "Studio: {count} notices from {workspace}", count=count, workspace=workspace)
