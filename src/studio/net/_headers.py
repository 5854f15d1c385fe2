"""Request headers that a caller may set, and bounds on those that come back."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.domain.errors import ProviderError, UserError

MAX_HEADERS = 256
MAX_HEADER_BYTES = 64 * 1024
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# They decide where a message goes and where it ends; the client sets them itself.
_OWN = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect"}
)
# What may follow a redirect to another origin. Secrets travel in headers of any name, so the list says what is kept.
_PORTABLE = frozenset(
    {"accept", "accept-language", "user-agent", "content-type", "content-language", "content-encoding", "range"}
)
_BODY_HEADERS = frozenset({"content-type", "content-language", "content-encoding"})


def check_request_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers as given, if all are well-formed and the caller's to set.

    Raises:
        UserError: Names the header.
    """
    checked = list(headers)
    for name, value in checked:
        lower = name.lower()
        if lower in _OWN or lower.startswith("proxy-"):
            raise UserError("net.header_refused", "The header {name} is set by Studio itself.", name=name)
        if not _TOKEN.match(name) or _UNSAFE.search(value):
            raise UserError("net.bad_header", "The header {name} holds characters that are not allowed.", name=name)
        if not value.isascii() and not _fits_latin_1(value):
            raise UserError("net.bad_header", "The header {name} holds characters that are not allowed.", name=name)
    if len(checked) > MAX_HEADERS or sum(len(name) + len(value) for name, value in checked) > MAX_HEADER_BYTES:
        raise UserError("net.too_many_headers", "The request has too many or too long headers.")
    return checked


def _fits_latin_1(value: str) -> bool:
    return all(ord(character) < 256 for character in value)


def portable(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that may go to another origin."""
    return [(name, value) for name, value in headers if name.lower() in _PORTABLE]


def without_body(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers without those that describe a body."""
    return [(name, value) for name, value in headers if name.lower() not in _BODY_HEADERS]


def check_answer_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """An answer's headers as text, names in lower case.

    Raises:
        ProviderError: There are too many, or they are too long.
    """
    raw = list(headers)
    if len(raw) > MAX_HEADERS or sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
        raise ProviderError(
            "net.too_many_answer_headers", "The answer has too many or too long headers.", in_doubt=True
        )
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]
