"""A mail server for the tests, that keeps what it is given."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from studio.domain.settings import ServerSettings
from tests.server.kit import Api, running_api

PUBLIC = "https://studio.example.org"


@dataclass
class Postbox:
    """What was sent."""

    letters: list[EmailMessage] = field(default_factory=list[EmailMessage])
    refusing: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        if self.refusing:
            return "550 not today"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [one for one in self.letters if one["to"] == address]

    def secret(self, address: str, page: str) -> str:
        """The secret of the link in the last mail to an address."""
        text = self.to(address)[-1].get_content()
        found = re.search(rf"{re.escape(PUBLIC)}/{page}#(\S+)", text)
        assert found is not None, text
        return found.group(1)


@asynccontextmanager
async def posting_api(data: Path, *, driving: bool = False, **more: Any) -> AsyncGenerator[tuple[Api, Postbox]]:
    """A server that sends mail, and where it ends up."""
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="localhost", loop=loop), "127.0.0.1", 0)
    settings = ServerSettings(
        port=0, requests_per_minute=0, public_url=PUBLIC, smtp_host="127.0.0.1",
        smtp_port=server.sockets[0].getsockname()[1], smtp_security="none", smtp_from="studio@example.org", **more,
    )  # fmt: skip
    try:
        async with running_api(data, driving=driving, settings=settings) as api:
            yield api, box
            await api.platform.directory.letters.outbox.settled()
    finally:
        server.close()
        await server.wait_closed()
