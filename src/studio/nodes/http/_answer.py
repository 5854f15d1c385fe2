"""Answers: failing statuses as errors, bodies as data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any, Literal, cast
from urllib.parse import unquote, urlsplit

import orjson

from studio.sdk import AuthenticationFailed, HttpResponse, NodeContext, Phrase, ProviderError, RateLimited, UserError

ResponseKind = Literal["auto", "json", "text", "file"]
_EXCERPT = 300
_LONGEST_PAUSE = 7 * 86400.0
_MAX_DEPTH = 200
_TEXTUAL = re.compile(r"text/|application/(xml|javascript|x-www-form-urlencoded|x-ndjson|yaml|toml|sql)|.*\+(xml|yaml)")
_JSON = re.compile(r"(application|text)/json\Z|.*\+json\Z")
_GATEWAY = (502, 504)


def check_status(response: HttpResponse, *, repeatable: bool) -> None:
    """Raise for 4xx and 5xx.

    An answer of a gateway (502, 504) to a request that must not be repeated leaves it in doubt whether the server
    behind it has carried it out.

    Raises:
        RateLimited: 429, or 503 with Retry-After.
        AuthenticationFailed: 401 or 403.
        ProviderError: Any other.
    """
    status = response.status
    if status < 400:
        return
    host = urlsplit(response.url).hostname or response.url
    excerpt = _excerpt(response)
    pause = retry_after(response)
    if status == 429 or (status == 503 and pause is not None):
        raise RateLimited(
            "http.rate_limited", "{host} asks to slow down (status {status}){excerpt}",
            status=status, retry_after=pause, host=host, excerpt=excerpt,
        )  # fmt: skip
    if status in (401, 403):
        raise AuthenticationFailed(
            "http.not_authorized", "{host} does not accept the credential (status {status}){excerpt}",
            status=status, host=host, excerpt=excerpt,
        )  # fmt: skip
    raise ProviderError(
        "http.status", "{host} answered with status {status}{excerpt}",
        status=status, retry_after=pause, in_doubt=status in _GATEWAY and not repeatable, host=host, excerpt=excerpt,
    )  # fmt: skip


def _excerpt(response: HttpResponse) -> str:
    kind = media_type(response)
    if not response.body or not (_JSON.match(kind) or _TEXTUAL.match(kind)):
        return "."
    text = " ".join(response.body[: 4 * _EXCERPT].decode("utf-8", "replace").split())
    return f": {text[:_EXCERPT]}" + ("…" if len(text) > _EXCERPT else "")


def retry_after(response: HttpResponse) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110, section 10.2.3): a number, or a date compared with its own."""
    value = (response.header("retry-after") or "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
            there = response.header("date")
            now = parsedate_to_datetime(there) if there else datetime.now(UTC)
            seconds = (_aware(until) - _aware(now)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE) if math.isfinite(seconds) else None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def media_type(response: HttpResponse) -> str:
    """The body's media type in lower case, without parameters; empty where none is given."""
    return (response.header("content-type") or "").partition(";")[0].strip().lower()


def header_map(response: HttpResponse) -> dict[str, str]:
    """Headers by lower-case name; those that repeat are joined by commas, as RFC 9110 allows."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def body_of(response: HttpResponse, kind: ResponseKind, ctx: NodeContext) -> Any:
    """The body as asked: parsed JSON, text, or a file; ``auto`` goes by the media type.

    Raises:
        ProviderError: It should be JSON or text and is not.
    """
    found = media_type(response)
    if kind == "auto":
        if not response.body:
            return None
        kind = "json" if _JSON.match(found) else "text" if _TEXTUAL.match(found) or not found else "file"
        if kind == "text" and not found and b"\0" in response.body[:1024]:
            kind = "file"
    if kind == "json":
        return parse_json(response)
    if kind == "text":
        return _text(response)
    return await ctx.make_file(response.body, file_name(header_map(response), response.url), found or None)


def parse_json(response: HttpResponse) -> Any:
    """The body as JSON, at most 200 levels deep.

    Raises:
        ProviderError: It is none, or deeper.
    """
    try:
        value = orjson.loads(response.body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ProviderError(
            "http.bad_json", "The answer of {host} is not JSON (line {line}, column {column}){excerpt}",
            status=response.status, host=urlsplit(response.url).hostname, line=error.lineno, column=error.colno,
            excerpt=_excerpt(response),
        ) from error  # fmt: skip
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [child for node in level for child in _children(node) if isinstance(child, list | dict)]
        if not level:
            return value
    raise ProviderError(
        "http.json_depth", "The answer is nested more than {limit} levels.", status=response.status, limit=_MAX_DEPTH
    )


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(cast("dict[str, Any]", node).values())
    return cast("list[Any]", node) if isinstance(node, list) else []


def _text(response: HttpResponse) -> str:
    charset = _param(response.header("content-type") or "", "charset") or "utf-8"
    try:
        return response.body.decode(charset).removeprefix("\ufeff")
    except LookupError:
        return response.body.decode("utf-8", "replace")
    except UnicodeDecodeError as error:
        raise ProviderError(
            "http.bad_text", "The answer is not {charset} text: byte {position} does not fit.",
            status=response.status, charset=charset, position=error.start,
        ) from error  # fmt: skip


def _param(header: str, name: str) -> str | None:
    """A parameter of a header such as Content-Type, RFC 2231 and RFC 8187 forms included."""
    message = Message()
    message["Content-Type"] = header
    value = message.get_param(name)
    return collapse_rfc2231_value(value) if value else None


def file_name(headers: Mapping[str, str], url: str) -> str:
    """A plain file name: from Content-Disposition, else from the URL's path, else ``download``."""
    disposition = headers.get("content-disposition", "")
    name = _param(disposition, "filename") if disposition else None
    name = name or unquote(PurePosixPath(urlsplit(url).path).name)
    name = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return name[:150] or "download"


def dig(value: Any, path: str) -> Any:
    """The value at a dotted path such as ``data.items`` or ``results.0``; None where there is none."""
    for part in path.split(".") if path else ():
        if isinstance(value, dict):
            value = cast("dict[str, Any]", value).get(part)
        elif (
            isinstance(value, list)
            and part.isascii()
            and part.isdigit()
            and int(part[:9]) < len(cast("list[Any]", value))
        ):
            value = cast("list[Any]", value)[int(part[:9])]
        else:
            return None
    return value


def list_at(value: Any, path: str) -> list[Any]:
    """The list at a dotted path.

    Raises:
        UserError: There is none; names what is there.
    """
    found = dig(value, path)
    if not isinstance(found, list):
        keys = ", ".join(list(cast("dict[str, Any]", value))[:10]) if isinstance(value, dict) else type(value).__name__
        raise UserError(
            "http.no_list",
            "The answer has no list at {path}; it has {keys}.",
            path=path or Phrase("http.top", "its top"),
            keys=keys,
        )
    return cast("list[Any]", found)
