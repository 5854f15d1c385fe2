"""Mail goes over TLS to a server that is who it should be, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from studio.bootstrap._server_settings import server_settings
from studio.domain.errors import ProviderError, UserError
from studio.domain.settings import ServerSettings, SmtpSecurity
from studio.services.notices.mail import Letter, SmtpMailer
from tests.fixtures.tls import certificate, public_part, serving

LETTER = Letter("ada@example.org", "Words", "Grüße")
USER, PASSWORD = "studio", "a password"


@dataclass
class Relay:
    """A mail server that takes mail only over TLS, from who signs in."""

    port: int = 0
    taken: list[tuple[bool, bytes]] = field(default_factory=list[tuple[bool, bytes]])
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail, and whether it came over TLS."""
        self.taken.append((session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
                           envelope.content))  # fmt: skip
        return "250 kept"

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        """Check who signs in."""
        self.signed_in.append((given.login, given.password))
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)  # the server itself is to answer who is refused


@asynccontextmanager
async def relaying(shown: Path, security: SmtpSecurity) -> AsyncGenerator[Relay]:
    """A relay on a free port with a certificate."""
    relay, tls, loop = Relay(), serving(shown), asyncio.get_running_loop()
    starts = security == "starttls"

    def connected() -> SMTP:
        return SMTP(
            relay, hostname="localhost", loop=loop, tls_context=tls if starts else None, require_starttls=starts,
            authenticator=relay.sign_in, auth_required=starts, auth_require_tls=starts,
        )  # fmt: skip

    server = await loop.create_server(connected, "127.0.0.1", 0, ssl=None if starts else tls)
    relay.port = server.sockets[0].getsockname()[1]
    async with server:
        yield relay


def mailer(relay: Relay, security: SmtpSecurity, ca: str = "", password: str = PASSWORD) -> SmtpMailer:
    """What sends mail through a relay."""
    settings = ServerSettings(
        smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security=security, smtp_user=USER, smtp_ca=ca,
        smtp_password=password, smtp_from="studio@example.org",
    )  # fmt: skip
    return SmtpMailer(settings)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_over_tls(tmp_path: Path, security: SmtpSecurity) -> None:
    own, other = certificate(tmp_path / "own.pem", "127.0.0.1"), certificate(tmp_path / "other.pem", "mail.example")
    async with relaying(own, security) as relay:
        await mailer(relay, security, str(own)).send(LETTER)
        assert [over_tls for over_tls, _ in relay.taken] == [True]
        await mailer(relay, security).send(LETTER)  # on this machine any certificate will do
        assert len(relay.taken) == 2
        relay.signed_in.clear()
        with pytest.raises(ProviderError) as refused:
            await mailer(relay, security, str(other)).send(LETTER)
        assert refused.value.code == "mail.refused"
        assert relay.signed_in == []  # the password stayed here
        with pytest.raises(ProviderError):
            await mailer(relay, security, str(own), "another").send(LETTER)
    async with relaying(other, security) as relay:
        with pytest.raises(ProviderError):
            await mailer(relay, security, str(other)).send(LETTER)  # trusted, but for another name
        assert (relay.signed_in, relay.taken) == ([], [])


async def test_a_server_without_tls_gets_no_mail(tmp_path: Path) -> None:
    relay, loop = Relay(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, hostname="localhost", loop=loop), "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(ProviderError):
            await mailer(relay, "starttls").send(LETTER)
        plain = SmtpMailer(
            ServerSettings(
                smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none", smtp_from="studio@example.org"
            )
        )
        await plain.send(LETTER)
    assert [over_tls for over_tls, _ in relay.taken] == [False]


def test_authorities_that_cannot_be_read_end_the_start(tmp_path: Path) -> None:
    good = certificate(tmp_path / "own.pem", "127.0.0.1")
    (tmp_path / "bad.pem").write_text("no certificate")
    (tmp_path / "good.pem").write_text(public_part(good))
    assert server_settings(tmp_path, {"smtp_ca": str(tmp_path / "good.pem")}, {}).smtp_ca
    for name in ("bad.pem", "none.pem"):
        with pytest.raises(UserError) as wrong:
            server_settings(tmp_path, {"smtp_ca": str(tmp_path / name)}, {})
        assert wrong.value.code == "settings.invalid"
