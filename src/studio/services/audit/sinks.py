"""Sending audit entries away: a signed webhook, or syslog. Both under the egress policy."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Sequence

import msgspec

from studio.contracts.http import HttpRequest
from studio.domain.errors import ProviderError, UserError
from studio.net import EgressClient, EgressDialer, EgressPolicy
from studio.services.audit.lines import plain, syslog_message
from studio.services.audit.looking import Shown
from studio.services.audit.model import Stream

_TIMEOUT = 10.0
_LONGEST_DATAGRAM = 60_000
_FROM = socket.gethostname()


async def send(stream: Stream, workspace: str, entries: Sequence[Shown], allowed: Sequence[str], now: int) -> None:
    """Send entries, the oldest first; returns once they arrived, as far as that can be known.

    Args:
        stream: Where to.
        workspace: Whose log it is.
        entries: At least one.
        allowed: Private hosts that may be reached.
        now: Microseconds.

    Raises:
        StudioError: They did not arrive, or may not be sent there.
    """
    policy = EgressPolicy(allowed)
    if stream.kind == "webhook":
        await _webhook(stream, workspace, entries, policy, now)
    else:
        try:
            async with asyncio.timeout(_TIMEOUT):
                await _syslog(stream, entries, policy)
        except (OSError, TimeoutError) as error:
            raise ProviderError(
                "audit.syslog", "The syslog server {host} does not take the entries.", host=stream.host
            ) from error


async def _webhook(stream: Stream, workspace: str, entries: Sequence[Shown], policy: EgressPolicy, now: int) -> None:
    first, last = entries[0].entry.seq, entries[-1].entry.seq
    body = json.dumps(
        {"type": "audit.entries", "workspace": workspace, "entries": [plain(*one) for one in entries]},
        separators=(",", ":"),
    ).encode()
    # The same entries have the same id, so that a repetition is known as one.
    id, seconds = f"audit-{workspace}-{first}-{last}", str(now // 1_000_000)
    headers = [
        ("content-type", "application/json"), ("user-agent", "Studio"), ("webhook-id", id),
        ("webhook-timestamp", seconds), ("webhook-signature", signature(stream.secret, id, seconds, body)),
    ]  # fmt: skip
    client = EgressClient(policy)
    request = HttpRequest(
        method="POST", url=stream.url, headers=headers, body=body, timeout=_TIMEOUT, connect_timeout=_TIMEOUT,
        follow_redirects=False, max_bytes=64 * 1024,
    )  # fmt: skip
    try:
        answer = await client.send_secret(request, "audit")
    finally:
        await client.aclose()
    if not 200 <= answer.status < 300:
        raise ProviderError(
            "audit.webhook", "The webhook answered with status {status}.", status=answer.status
        )  # fmt: skip


def signature(secret: str, id: str, seconds: str, body: bytes) -> str:
    """The signature of a delivery, as in the Standard Webhooks specification."""
    signed = f"{id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


async def _syslog(stream: Stream, entries: Sequence[Shown], policy: EgressPolicy) -> None:
    address = await EgressDialer(policy).resolve(stream.host, stream.port)
    messages = [_fitting(one) if stream.transport == "udp" else syslog_message(*one, _FROM) for one in entries]
    if stream.transport == "udp":
        await _datagrams(address, stream.port, messages)
        return
    context = _trust(stream.ca) if stream.transport == "tls" else None
    _, writer = await asyncio.open_connection(
        address, stream.port, ssl=context, server_hostname=stream.host if context is not None else None
    )
    try:
        for message in messages:
            writer.write(b"%d " % len(message) + message)
        await writer.drain()
    finally:
        writer.close()
        await writer.wait_closed()


async def _datagrams(address: str, port: int, messages: Sequence[bytes]) -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=(address, port)
    )
    try:
        for message in messages:
            transport.sendto(message)
    finally:
        transport.close()


def _fitting(one: Shown) -> bytes:
    """A message that fits into a datagram: without what was before and after, where that is too long."""
    whole = syslog_message(*one, _FROM)
    if len(whole) <= _LONGEST_DATAGRAM:
        return whole
    return syslog_message(one.entry, msgspec.structs.replace(one.facts, before=None, after=None), _FROM)


def _trust(ca: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=ca or None)
    except ssl.SSLError as error:
        raise UserError("audit.ca", "These are no certificates in PEM form.").at(param="ca") from error


def check_certificates(ca: str) -> None:
    """Make sure that certificates can be read.

    Raises:
        UserError: They cannot.
    """
    if ca:
        _trust(ca)
