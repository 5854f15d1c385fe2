"""AWS Signature Version 4.

Source: "Create a signed AWS API request" in the AWS Identity and Access Management user guide.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from studio.contracts.http import HttpRequest
from studio.sdk._schemes import text_of, with_header

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsScheme:
    """Signs with ``access_key`` and ``secret_key``, and ``session_token`` where there is one.

    ``region`` and ``service`` are fields of the credential; where they are empty they are read from the host
    (``sqs.eu-west-1.amazonaws.com``).
    """

    def apply(self, request: HttpRequest, data: Mapping[str, Any], now: datetime | None = None) -> HttpRequest:
        """The signed request; ``now`` is for tests."""
        return sign(request, data, now or datetime.now(UTC))


def sign(request: HttpRequest, data: Mapping[str, Any], now: datetime) -> HttpRequest:
    """The request with date, token and signature.

    Raises:
        UserError: A field that is needed is empty.
    """
    parts = urlsplit(request.url)
    service, region = _service_and_region(parts.hostname or "", data)
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    body_hash = hashlib.sha256(request.body or b"").hexdigest()
    signed = with_header(request, "X-Amz-Date", stamp)
    if service == "s3":
        signed = with_header(signed, "X-Amz-Content-Sha256", body_hash)
    if data.get("session_token"):
        signed = with_header(signed, "X-Amz-Security-Token", text_of(data, "session_token"))
    if signed.params:
        query = "&".join(f"{_escape(key)}={_escape(value)}" for key, value in signed.params)
        url = f"{signed.url}{'&' if parts.query else '?'}{query}"
        signed = msgspec.structs.replace(signed, url=url, params=[])
        parts = urlsplit(url)
    headers = _headers(signed, parts.netloc.rpartition("@")[2])
    names = ";".join(headers)
    canonical = "\n".join(
        (
            request.method.upper(),
            _path(parts.path, plain=service == "s3"),
            _query(parts.query),
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            names,
            body_hash,
        )
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = ("AWS4" + text_of(data, "secret_key")).encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"{text_of(data, 'access_key')}/{scope}"
    value = f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return with_header(signed, "Authorization", value)


def _service_and_region(host: str, data: Mapping[str, Any]) -> tuple[str, str]:
    labels = host.removesuffix(".amazonaws.com").split(".")
    service = str(data.get("service") or (labels[-2] if len(labels) > 1 else labels[0]))
    region = str(data.get("region") or (labels[-1] if len(labels) > 1 else "us-east-1"))
    return service, region


def _headers(request: HttpRequest, host: str) -> dict[str, str]:
    """Headers to sign by name: lower case, white space collapsed, values of the same name joined."""
    found: dict[str, list[str]] = {"host": [host]}
    for name, value in request.headers:
        if name.lower() not in ("authorization", "user-agent", "host"):
            found.setdefault(name.lower(), []).append(" ".join(value.split()))
    return {name: ",".join(found[name]) for name in sorted(found)}


def _escape(text: str) -> str:
    return quote(text, safe="-_.~")


def _path(path: str, *, plain: bool) -> str:
    """The path as it is signed: escaped once for S3, dots resolved and escaped twice for everything else."""
    if plain:
        return quote(unquote(path), safe="/-_.~") or "/"
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    slash = "/" if kept and path.endswith("/") else ""
    return quote("/" + "/".join(kept) + slash, safe="/-_.~") or "/"


def _query(query: str) -> str:
    pairs = [(_escape(key), _escape(value)) for key, value in parse_qsl(query, keep_blank_values=True)]
    return "&".join(f"{key}={value}" for key, value in sorted(pairs))
