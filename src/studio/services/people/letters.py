"""What people are written, in their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from studio.domain.phrases import Phrase
from studio.services.notices.mail import Letter, Mailer, Outbox

Say: TypeAlias = "Callable[[str, str, Mapping[str, Any], str], str]"
"""A sentence in a language: code, English template, arguments, language."""


class Letters:
    """Writes the letters about accounts, and makes the links in them.

    Args:
        mailer: What sends them, None where nothing does.
        say: Says a sentence in a language.
        address: Gives the address of this Studio. It comes from the settings, never from a request.
    """

    def __init__(self, mailer: Mailer | None, say: Say, address: Callable[[], str]) -> None:
        self._mailer = mailer
        self._say = say
        self._address = address
        self.outbox = Outbox()

    @property
    def can_send(self) -> bool:
        """Whether a mail server is set up."""
        return self._mailer is not None

    def link(self, page: str, secret: str) -> str:
        """A link. The secret stands behind the hash, so that it comes into no server's log."""
        return f"{self._address()}/{page}#{secret}"

    async def invite(self, to: str, lang: str, *, workspace: str, by: str, secret: str) -> None:
        """Send an invitation.

        Raises:
            ProviderError: The mail server does not take it.
        """
        subject = Phrase("mail.invitation_subject", "You are invited to {workspace} on Studio", workspace=workspace)
        body = Phrase(
            "mail.invitation",
            "{by} invites you to the workspace {workspace} on Studio. Open this link within seven days:",
            by=by,
            workspace=workspace,
        )
        await self._send(to, lang, subject, body, self.link("invitation", secret))

    async def reset(self, to: str, lang: str, secret: str) -> None:
        """Send a link to choose another password.

        Raises:
            ProviderError: The mail server does not take it.
        """
        subject = Phrase("mail.reset_subject", "Choose a new password for Studio")
        body = Phrase(
            "mail.reset",
            "Somebody asked for a new password for this address. If it was you, open this link within an hour. "
            "If not, there is nothing to do.",
        )
        await self._send(to, lang, subject, body, self.link("reset", secret))

    async def confirm_email(self, to: str, lang: str, secret: str) -> None:
        """Send the link that confirms a new address.

        Raises:
            ProviderError: The mail server does not take it.
        """
        subject = Phrase("mail.confirm_subject", "Confirm your address for Studio")
        body = Phrase(
            "mail.confirm",
            "This address is to become that of an account on Studio. If it is yours, open this link within an hour, "
            "signed in as that account.",
        )
        await self._send(to, lang, subject, body, self.link("email", secret))

    async def email_changed(self, to: str, lang: str, new: str) -> None:
        """Tell the old address that the account has another one.

        Raises:
            ProviderError: The mail server does not take it.
        """
        subject = Phrase("mail.changed_subject", "Your account on Studio has another address")
        body = Phrase(
            "mail.changed",
            "The address of your account is {new} now. If it was not you who changed it, tell an operator at once.",
            new=new,
        )
        await self._send(to, lang, subject, body, "")

    async def _send(self, to: str, lang: str, subject: Phrase, body: Phrase, link: str) -> None:
        if self._mailer is None:
            return

        def said(phrase: Phrase) -> str:
            return self._say(phrase.code, phrase.template, phrase.arguments, lang)

        text = f"{said(body)}\n\n{link}\n" if link else f"{said(body)}\n"
        await self._mailer.send(Letter(to, said(subject), text))
