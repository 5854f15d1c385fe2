"""Sending mail through the operator's mail server."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from typing import Any, Protocol

from studio.domain.errors import ProviderError
from studio.domain.settings import ServerSettings

_LOG = logging.getLogger("studio.mail")
_TIMEOUT = 30
"""Seconds that a mail server may take for an answer."""
_WAITING = 1000
"""Letters that wait to be sent at the same time; more are refused, so that no memory fills up."""
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of plain text to one address."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter over to the mail server.

        Raises:
            ProviderError: It does not take it, or cannot be reached.
        """
        ...


class SmtpMailer:
    """Sends letters by SMTP. The server is the operator's own choice, so it may stand at a private address.

    Args:
        settings: Where the mail server is, and how to sign in to it.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def send(self, letter: Letter) -> None:
        """Hand a letter over to the mail server."""
        import aiosmtplib

        settings = self._settings
        try:
            async with self._turn:
                await aiosmtplib.send(
                    _message(letter, settings.smtp_from or settings.smtp_user),
                    hostname=settings.smtp_host, port=settings.smtp_port, timeout=_TIMEOUT,
                    username=settings.smtp_user or None, password=settings.smtp_password or None,
                    **_security(settings),
                )  # fmt: skip
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # What the server says may name the address: it goes to the log of errors by its kind alone.
            raise ProviderError(
                "mail.refused", "The mail server {host} did not take the mail ({kind}).", host=settings.smtp_host,
                kind=type(error).__name__,
            ) from error  # fmt: skip


def mailer(settings: ServerSettings) -> Mailer | None:
    """What sends mail; None where no mail server is set up."""
    return SmtpMailer(settings) if settings.smtp_host and (settings.smtp_from or settings.smtp_user) else None


def _security(settings: ServerSettings) -> dict[str, Any]:
    if settings.smtp_security == "none":
        return {"use_tls": False, "start_tls": False}
    context = ssl.create_default_context(cafile=settings.smtp_ca or None)
    if not settings.smtp_ca and _is_loopback(settings.smtp_host):
        # A relay on this machine shows a certificate for another name, or one of its own.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    tls = settings.smtp_security == "tls"
    return {"use_tls": tls, "start_tls": not tls, "tls_context": context}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    # EmailMessage refuses line breaks in these, so that no name or address adds a header.
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip(">") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


class Outbox:
    """Does things after the answer was given, so that how long they take tells the asker nothing.

    What is under way when the process ends is lost: whoever waits for a mail asks for another one.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin something. Its failure is logged."""
        if len(self._tasks) >= _WAITING:
            _LOG.error("mail dropped: too much waits to be sent")
            return
        task = asyncio.get_running_loop().create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    @staticmethod
    async def _run(work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - nobody waits for it who could be told
            _LOG.exception("mail was not sent", extra={"error": type(error).__name__})
