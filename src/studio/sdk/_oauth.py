"""OAuth 2: the token on the request, and how it is refreshed.

The host side calls ``needs_refresh``, sends ``refresh_request`` under the egress policy, stores ``refreshed`` and only
then uses the new token, one refresh at a time per credential. Source: RFC 6749, sections 4.4, 5 and 6.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, cast
from urllib.parse import quote, urlencode

from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import AuthenticationFailed, ProviderError, UserError
from studio.domain.reasons import oauth_reason
from studio.sdk._schemes import text_of, with_header

_EARLY = 60.0
"""Seconds before its end at which a token counts as used up: clocks differ, requests take time."""


@dataclass(frozen=True, slots=True)
class OAuth2Scheme:
    """A bearer token from a token endpoint.

    Fields: ``client_id``, ``client_secret``, ``access_token``, ``refresh_token``, ``expires_at`` (seconds since 1970)
    and, where the scheme does not fix them, ``token_url`` and ``authorize_url``. ``grant`` is ``refresh_token`` or
    ``client_credentials``; ``client_in_body`` sends id and secret in the form instead of a basic header.
    """

    token_url: str = ""
    authorize_url: str = ""
    grant: str = "refresh_token"
    scopes: tuple[str, ...] = ()
    client_in_body: bool = False

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """See ``Scheme``."""
        return with_header(request, "Authorization", f"Bearer {text_of(data, 'access_token')}")

    def needs_refresh(self, data: Mapping[str, Any], now: float) -> bool:
        """Whether there is no token, or it ends within a minute of ``now`` (seconds since 1970)."""
        ends = data.get("expires_at")
        if not data.get("access_token"):
            return True
        return isinstance(ends, int | float) and ends - _EARLY <= now

    def refresh_request(self, data: Mapping[str, Any]) -> HttpRequest:
        """The request that gets a new token.

        Raises:
            UserError: A field that is needed is empty; with a refresh grant the user has to sign in first.
        """
        form = {"grant_type": self.grant}
        if self.grant == "refresh_token":
            if not data.get("refresh_token"):
                raise UserError("credential.sign_in", "This credential is not connected yet: sign in to the service.")
            form["refresh_token"] = text_of(data, "refresh_token")
        scopes = " ".join(self.scopes) or str(data.get("scopes") or "")
        if scopes:
            form["scope"] = scopes
        return self._ask(data, self.token_url or text_of(data, "token_url"), form)

    def code_request(self, data: Mapping[str, Any], code: str, verifier: str, redirect_uri: str) -> HttpRequest:
        """The request that turns an authorisation code into tokens (RFC 6749, section 4.1.3; RFC 7636)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._ask(data, self.token_url or text_of(data, "token_url"), form)

    def revoke_request(self, data: Mapping[str, Any], url: str, token: str) -> HttpRequest:
        """The request that makes a token void (RFC 7009)."""
        return self._ask(data, url, {"token": token})

    def _ask(self, data: Mapping[str, Any], url: str, form: dict[str, str]) -> HttpRequest:
        """A form for the provider, with the client's id and secret."""
        request = HttpRequest(
            method="POST",
            url=url,
            headers=[("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            follow_redirects=False,
            max_bytes=1024 * 1024,
        )
        client, secret = text_of(data, "client_id"), str(data.get("client_secret") or "")
        if self.client_in_body or not secret:
            # A client without a secret names itself in the form (RFC 6749, section 3.2.1).
            form = form | {"client_id": client, **({"client_secret": secret} if secret else {})}
        else:
            pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
            request = with_header(request, "Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
        request.body = urlencode(form).encode()
        return request

    def refreshed(self, data: Mapping[str, Any], response: HttpResponse, now: float) -> dict[str, Any]:
        """The credential's fields with the new token.

        Raises:
            AuthenticationFailed: The service does not renew it any more; the user has to sign in again.
            ProviderError: The service failed, or its answer is no token.
        """
        try:
            content: object = json.loads(response.body)
        except ValueError:
            content = None
        answer = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
        token = answer.get("access_token")
        given = response.status in (200, 201) and isinstance(token, str) and token != ""
        # Some services say by a key and not by the status that they refuse.
        refused = 400 <= response.status < 500 and response.status not in (408, 425, 429)
        if refused or (not given and response.status < 300 and answer.get("error")):
            raise AuthenticationFailed(
                "credential.refresh_refused",
                "The service does not renew this credential ({reason}): connect it again.",
                status=401,
                reason=oauth_reason(answer.get("error"), response.status),
            )
        if not given:
            raise ProviderError(
                "credential.refresh_failed",
                "The service gave no new token; its answer had status {status}.",
                status=response.status if response.status >= 400 else 502,
                retry_after=_seconds(response.header("retry-after")),
            )
        out = {**data, "access_token": token}
        if isinstance(answer.get("refresh_token"), str):
            out["refresh_token"] = answer["refresh_token"]
        seconds = _seconds(answer.get("expires_in"))
        out["expires_at"] = now + seconds if seconds is not None else None
        return out


def _seconds(value: object) -> float | None:
    """A number of seconds, as some services write it in a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
