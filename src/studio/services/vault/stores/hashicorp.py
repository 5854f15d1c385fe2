"""The protocol of HashiCorp Vault and OpenBao: key/value secrets of version 2, by token or AppRole.

Source: the HTTP API reference of Vault: ``auth/token``, ``auth/approle``, ``secret/kv/kv-v2``.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import ProviderError, StudioError
from studio.services.vault.stores._values import no_secret, text_at

if TYPE_CHECKING:
    from studio.services.vault.stores._read import SecretSender

_PATH = re.compile(r"[A-Za-z0-9._~@+=-]+(/[A-Za-z0-9._~@+=-]+)*")
_RENEW_AT = 2 / 3
"""A token is renewed when so much of its time has passed."""


class HashiCorpVault:
    """Reads secrets of a Vault. Implements ``SecretStore``.

    Args:
        name: Of the store, for messages.
        settings: ``url``, and where they are used ``namespace`` and ``approle`` (where AppRole is mounted).
        secrets: ``token``, or ``role_id`` and ``secret_id``.
        http: Sends under the egress policy.
    """

    def __init__(self, name: str, settings: Mapping[str, str], secrets: Mapping[str, str], http: SecretSender) -> None:
        self._name = name
        self._url = settings["url"].rstrip("/")
        self._namespace = settings.get("namespace", "")
        self._approle = settings.get("approle") or "approle"
        self._secrets = secrets
        self._http = http
        self._token = ""
        self._own = False
        self._renewable = False
        self._renew_at = self._ends_at = float("inf")
        self._signing_in = asyncio.Lock()

    async def read(self, path: str, key: str) -> str:
        """The value of a key at ``mount/data/…``."""
        if not _PATH.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
            raise no_secret(path, key)
        token = await self._signed_in()
        answer = await self._ask("GET", path, token=token)
        if answer.status == 403 and self._own:
            # The token was revoked or ran out before its time: once more with a new one.
            answer = await self._ask("GET", path, token=await self._signed_in(instead_of=token))
        if answer.status == 404:
            raise no_secret(path, key)
        data = self._content(answer).get("data")
        inner = cast("dict[str, Any]", data).get("data") if isinstance(data, dict) else None
        if not isinstance(inner, dict):
            raise no_secret(path, key)
        return text_at(cast("dict[str, Any]", inner), path, key)

    async def close(self) -> None:
        """Make void the token that was made for this process."""
        if self._own and self._token:
            with suppress(StudioError):
                await self._ask("POST", "auth/token/revoke-self", token=self._token)
        self._token = ""

    async def _signed_in(self, instead_of: str = "") -> str:
        """A token that is good; one sign-in or renewal at a time."""
        async with self._signing_in:
            now = time.monotonic()
            if self._token and self._token != instead_of and now < self._renew_at:
                return self._token
            if self._token and self._token != instead_of and now < self._ends_at and await self._renewed():
                return self._token
            if "role_id" in self._secrets:
                form = {"role_id": self._secrets["role_id"], "secret_id": self._secrets.get("secret_id", "")}
                answer = await self._ask("POST", f"auth/{self._approle}/login", body=form)
                self._take(self._content(answer), own=True)
            elif not self._token:
                self._token = self._secrets["token"]
                answer = await self._ask("GET", "auth/token/lookup-self", token=self._token)
                if answer.status == 200:
                    found = cast("dict[str, Any]", self._content(answer).get("data") or {})
                    self._lasts(found.get("ttl"), found.get("renewable"))
            return self._token

    async def _renewed(self) -> bool:
        """Whether the token lasts longer now. One that cannot be renewed is used to its end."""
        if not self._renewable:
            self._renew_at = self._ends_at
            return True
        answer = await self._ask("POST", "auth/token/renew-self", token=self._token)
        if answer.status != 200:
            self._renewable, self._renew_at = False, self._ends_at
            return not self._own
        self._take(self._content(answer), own=self._own)
        return True

    def _take(self, content: Mapping[str, Any], *, own: bool) -> None:
        auth = content.get("auth")
        given = cast("dict[str, Any]", auth) if isinstance(auth, dict) else {}
        token = given.get("client_token")
        if not isinstance(token, str) or not token:
            raise self._failed(200)
        self._token, self._own = token, own
        self._lasts(given.get("lease_duration"), given.get("renewable"))

    def _lasts(self, seconds: object, renewable: object) -> None:
        self._renewable = renewable is True
        self._renew_at = self._ends_at = float("inf")
        if isinstance(seconds, int | float) and seconds > 0:
            now = time.monotonic()
            self._renew_at, self._ends_at = now + seconds * _RENEW_AT, now + seconds

    async def _ask(
        self, method: str, path: str, *, token: str = "", body: Mapping[str, str] | None = None
    ) -> HttpResponse:
        headers = [("X-Vault-Request", "true"), ("Accept", "application/json")]
        if token:
            headers.append(("X-Vault-Token", token))
        if self._namespace:
            headers.append(("X-Vault-Namespace", self._namespace))
        if body is not None:
            headers.append(("Content-Type", "application/json"))
        request = HttpRequest(
            method=method, url=f"{self._url}/v1/{path}", headers=headers, timeout=15.0, follow_redirects=False,
            body=json.dumps(body).encode() if body is not None else None, max_bytes=4 * 1024 * 1024,
        )  # fmt: skip
        try:
            return await self._http.send_secret(request, self._name)
        except ProviderError as error:
            error.in_doubt = False  # what the node asks for has not been sent
            raise

    def _content(self, answer: HttpResponse) -> dict[str, Any]:
        if answer.status != 200:
            raise self._failed(answer.status)
        try:
            content: object = json.loads(answer.body)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise self._failed(answer.status)
        return cast("dict[str, Any]", content)

    def _failed(self, status: int) -> ProviderError:
        # 400 is what a sign-in with a wrong role or secret id gets.
        if status in (400, 401, 403):
            return ProviderError(
                "secret.store_refused", "The secret store {store} does not let Studio in.", status=403,
                store=self._name,
            )  # fmt: skip
        return ProviderError(
            "secret.store_failed", "The secret store {store} gave no secret; its answer had status {status}.",
            status=status if status >= 400 else 502, store=self._name,
        )  # fmt: skip
