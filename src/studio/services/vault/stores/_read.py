"""Late resolution of references: read when a credential is used, kept for a moment in memory, never stored."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from studio.contracts.http import HttpRequest, HttpResponse
from studio.contracts.secrets import SecretRef, SecretStore
from studio.domain.errors import AccessRefused, UserError
from studio.services._collection import Kept
from studio.services.vault.forms import reference_in
from studio.services.vault.model import StoreSetup, Vault
from studio.services.vault.stores.environment import EnvironmentStore
from studio.services.vault.stores.files import FileStore
from studio.services.vault.stores.hashicorp import HashiCorpVault

_KEPT = 30.0
"""Seconds that a value is kept in memory."""
_MOST = 1024


class SecretSender(Protocol):
    """Sends requests that hold a secret under the egress policy."""

    async def send_secret(self, request: HttpRequest, alias: str) -> HttpResponse:
        """Send and read the whole answer."""
        ...


class Stores:
    """The external stores of all workspaces."""

    def __init__(self, vault: Vault, http: SecretSender) -> None:
        self._vault = vault
        self._http = http
        self._open: dict[tuple[str, str], tuple[int, SecretStore]] = {}
        self._values: dict[tuple[str, str, int, str, str], tuple[str, float]] = {}

    async def require_known(self, workspace: str, fields: Mapping[str, Any]) -> None:
        """Make sure that every reference names a store of the workspace, and a path that may be read there.

        Raises:
            UserError: There is no such store.
            AccessRefused: The path is none of those that the operator opened.
        """
        for value in fields.values():
            reference = reference_in(value)
            if reference is not None:
                await self._setup(workspace, reference)

    async def resolved(self, workspace: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with what their references stand for.

        Raises:
            UserError: There is no such store, path or key.
            AccessRefused: The path may not be read.
            ProviderError: The store does not answer.
        """
        out = dict(fields)
        for name, value in fields.items():
            reference = reference_in(value)
            if reference is not None:
                out[name] = await self.read(workspace, reference)
        return out

    async def read(self, workspace: str, reference: SecretRef) -> str:
        """The present value of a reference, at most half a minute old."""
        setup = await self._setup(workspace, reference)
        key = (workspace, setup.id, setup.revision, reference.path, reference.key)
        known = self._values.get(key)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        value = await (await self._store(workspace, setup)).read(reference.path, reference.key)
        if len(self._values) >= _MOST:
            self._values.clear()
        self._values[key] = (value, time.monotonic() + _KEPT)
        return value

    async def _setup(self, workspace: str, reference: SecretRef) -> Kept[StoreSetup]:
        setup = await self._vault.stores.get(workspace, reference.store.casefold())
        if setup is None:
            raise UserError("secret.no_store", "This workspace has no secret store {store}.", store=reference.store)
        if not _opened(setup.value, reference.path):
            raise AccessRefused(
                "secret.path_closed", "The operator has not opened {path} of the secret store {store}.",
                path=reference.path, store=setup.value.name,
            )  # fmt: skip
        return setup

    async def _store(self, workspace: str, setup: Kept[StoreSetup]) -> SecretStore:
        known = self._open.get((workspace, setup.id))
        if known is not None and known[0] == setup.revision:
            return known[1]
        made = self._made(setup.value)
        self._open[workspace, setup.id] = (setup.revision, made)
        if known is not None:
            await known[1].close()
        return made

    def _made(self, setup: StoreSetup) -> SecretStore:
        if setup.kind == "environment":
            return EnvironmentStore(setup.settings["prefix"])
        if setup.kind == "files":
            return FileStore(Path(setup.settings["folder"]))
        return HashiCorpVault(setup.name, setup.settings, setup.secrets, self._http)

    async def close(self) -> None:
        """Give up every token."""
        opened = list(self._open.values())
        self._open.clear()
        self._values.clear()
        for _, store in opened:
            await store.close()


def _opened(setup: StoreSetup, path: str) -> bool:
    """Whether a path is one of those that the operator opened; whole segments count."""
    if not setup.paths:
        return True
    return any(path == one or path.startswith(one if one.endswith("/") else f"{one}/") for one in setup.paths)
