"""What is kept of the streaming of audit logs, in sealed records of the workspace whose log it is."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from studio.contracts.records import Records
from studio.services._collection import Collection

Kind: TypeAlias = Literal["webhook", "syslog"]
Transport: TypeAlias = Literal["udp", "tcp", "tls"]
ONE = "stream"
"""The id of the one stream that a log has."""


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the entries of a log go.

    Args:
        kind: How.
        url: Of a webhook.
        secret: That its deliveries are signed with.
        host: Of a syslog server.
        port: Its port.
        transport: Datagrams, a connection, or an encrypted one.
        ca: Certificates (PEM) that its own may be signed with; "" for those of the system.
    """

    kind: Kind
    url: str = ""
    secret: str = ""
    host: str = ""
    port: int = 0
    transport: Transport = "tls"
    ca: str = ""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a stream is. ``seq`` is the last entry that arrived; ``error`` the code of why the next did not."""

    seq: int = 0
    sent_at: int | None = None
    tries: int = 0
    next_at: int = 0
    error: str | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """That a workspace has a stream; kept with the instance, whose servers look for them."""

    kind: Kind


class StreamShelf:
    """Where streams are kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.streams = Collection(records, "audit_stream", Stream)
        self.progress = Collection(records, "audit_progress", Progress)
        self.marks = Collection(records, "audit_streamed", Mark)
