"""Requests from params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast
from urllib.parse import urlencode

import orjson

from studio.sdk import Effect, HttpRequest, ItemsBase, NodeContext, UserError, describe

Method = Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


def effect_of_method(method: str, idempotency_header: str | None) -> Effect:
    """What a request does to the world, by its method (RFC 9110, section 9.2)."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return Effect.READ
    if method in ("PUT", "DELETE"):
        return Effect.IDEMPOTENT
    return Effect.KEYED if idempotency_header else Effect.IRREVERSIBLE


def pairs(values: Mapping[str, Any], what: str) -> list[tuple[str, str]]:
    """Names and values as they go into a query or form: lists repeat the name, null leaves it out.

    Raises:
        UserError: A value is neither text, number, true or false, nor a list of them.
    """
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        many: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
        for one in many:
            if one is None:
                continue
            if not isinstance(one, str | int | float):
                raise UserError(
                    "http.bad_value", "{name} in {what} must be text, a number or a list of them; got {found}.",
                    name=name, what=what, found=describe(one),
                )  # fmt: skip
            found.append((name, ("true" if one else "false") if isinstance(one, bool) else str(one)))
    return found


def json_bytes(value: Any) -> bytes:
    """A JSON body.

    Raises:
        UserError: The value holds something that is not JSON, such as a file.
    """
    try:
        return orjson.dumps(value, default=_more)
    except orjson.JSONEncodeError as error:
        raise UserError("http.not_json", "The body cannot be sent as JSON: {reason}.", reason=str(error)) from error


def _more(value: Any) -> Any:
    if isinstance(value, ItemsBase):
        return list(value)
    raise TypeError(f"{describe(value)} is no JSON value")


def form_bytes(values: Mapping[str, Any]) -> bytes:
    """A form as browsers send it."""
    return urlencode(pairs(values, "form")).encode()


def request(
    ctx: NodeContext,
    method: str,
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    content_type: str | None = None,
    idempotency_header: str | None = None,
    timeout: float = 30.0,
    **options: Any,
) -> HttpRequest:
    """A request with the credential chosen on the node, and the node run's key where a header for it is named.

    Raises:
        UserError: A query value cannot be written.
    """
    lines = list((headers or {}).items())
    names = {name.lower() for name, _value in lines}
    if content_type and "content-type" not in names:
        lines.append(("Content-Type", content_type))
    if idempotency_header and idempotency_header.lower() not in names:
        lines.append((idempotency_header, ctx.idempotency_key))
    return HttpRequest(
        method=method,
        url=url,
        params=pairs(params or {}, "params"),
        headers=lines,
        body=body,
        credential=ctx.credential_alias,
        timeout=timeout,
        **options,
    )
