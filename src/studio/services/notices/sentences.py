"""What a notice says."""

from __future__ import annotations

from studio.domain.ids import INSTANCE
from studio.domain.phrases import Phrase
from studio.services.notices.model import Notice


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
            return Phrase(
                "notice.credential", "The credential {name} ends on {expires}.",
                name=notice.name, expires=facts.get("expires", "?"),
            )  # fmt: skip
        case _:
            return Phrase("notice.backup", "The server's scheduled backup failed. The log tells why.")


def link(notice: Notice, address: str) -> str:
    """Where to look; "" where there is nothing to see."""
    if "execution" in notice.facts:
        return f"{address}/executions/{notice.facts['execution']}"
    return ""


def subject(workspace: str, count: int) -> Phrase:
    """The subject of a letter with so many notices."""
    if workspace == INSTANCE:
        return Phrase("notice.subject_instance", "Studio: {count} notices about this server", count=count)
    return Phrase("notice.subject", "Studio: {count} notices from {workspace}", count=count, workspace=workspace)
