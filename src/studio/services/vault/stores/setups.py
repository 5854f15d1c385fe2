"""Registering external stores: the operator says which store a workspace has, and what of it may be read."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from studio.contracts.secrets import SecretRef
from studio.domain.access import Actor
from studio.domain.errors import NotFound, UserError
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.model import People
from studio.services.vault.model import StoreSetup, Vault
from studio.services.vault.stores._read import Stores

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_SETTINGS = {"vault": {"url", "namespace", "approle"}, "environment": {"prefix"}, "files": {"folder"}}
_SECRETS = {"vault": {"token", "role_id", "secret_id"}, "environment": set[str](), "files": set[str]()}
_OWN, _OPEN = "STUDIO_", "STUDIO_SECRET_"
"""Variables of Studio itself begin so; of these only ``STUDIO_SECRET_…`` may be opened."""


class StoreSetups:
    """Keeps the set-ups. The routes are the operator's; members see only names and kinds."""

    def __init__(self, vault: Vault, people: People, stores: Stores) -> None:
        self._vault = vault
        self._people = people
        self._stores = stores

    async def all(self, workspace: str) -> list[Kept[StoreSetup]]:
        """The stores of a workspace."""
        return await self._vault.stores.all(workspace)

    async def get(self, workspace: str, name: str) -> Kept[StoreSetup]:
        """One.

        Raises:
            NotFound: There is none.
        """
        found = await self._vault.stores.get(workspace, name)
        if found is None:
            raise NotFound("secret.store_not_found", "There is no secret store {name}.", name=name)
        return found

    async def put(self, actor: Actor, workspace: str, setup: StoreSetup, expected: int | None) -> Kept[StoreSetup]:
        """Register a store, or change one. Secrets that are not given stay, unless the store's address changes.

        Raises:
            NotFound: There is no such workspace.
            UserError: The set-up will not do.
            RecordChanged: It has another revision.
        """
        await self._workspace(workspace)
        before = await self._vault.stores.get(workspace, setup.name)
        if before is not None and not setup.secrets and _same_place(before.value, setup):
            setup = msgspec.structs.replace(setup, secrets=before.value.secrets)
        setup = msgspec.structs.replace(_checked(setup), by=actor.id)
        await self._vault.records.commit(
            [self._vault.stores.put(workspace, setup.name, setup, expected=expected)],
            [entry(
                actor, "secret_store.set", kind="secret_store", id=setup.name, name=setup.name, workspace=workspace,
                before=_told(before.value) if before is not None else None, after=_told(setup),
            )],
        )  # fmt: skip
        return await self.get(workspace, setup.name)

    async def delete(self, actor: Actor, workspace: str, name: str, expected: int | None) -> None:
        """Forget a store. Credentials that refer to it fail from then on.

        Raises:
            NotFound: There is none.
        """
        found = await self.get(workspace, name)
        await self._vault.records.commit(
            [self._vault.stores.drop(workspace, name, expected=expected)],
            [entry(
                actor, "secret_store.deleted", kind="secret_store", id=name, name=name, workspace=workspace,
                before=_told(found.value),
            )],
        )  # fmt: skip

    async def check(self, actor: Actor, workspace: str, name: str, path: str, key: str) -> None:
        """Read a secret and tell nothing of it but that it could be read.

        Raises:
            StudioError: It could not; says why.
        """
        await self.get(workspace, name)
        told = entry(
            actor, "secret_store.checked", kind="secret_store", id=name, name=name, workspace=workspace,
            after={"path": path, "key": key},
        )  # fmt: skip
        await self._vault.records.commit([], [told])
        await self._stores.read(workspace, SecretRef(store=name, path=path, key=key))

    async def _workspace(self, workspace: str) -> None:
        if await self._people.workspaces.get(INSTANCE, workspace) is None:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)


def _checked(setup: StoreSetup) -> StoreSetup:
    if not _NAME.fullmatch(setup.name):
        raise _bad("name")
    for name in setup.settings:
        if name not in _SETTINGS[setup.kind]:
            raise _bad(f"settings.{name}")
    for name in setup.secrets:
        if name not in _SECRETS[setup.kind]:
            raise _bad(f"secrets.{name}")
    if any(not one.strip("/") or ".." in one.split("/") for one in setup.paths):
        raise _bad("paths")
    if setup.kind == "vault":
        url = urlsplit(setup.settings.get("url", ""))
        if url.scheme not in ("https", "http") or not url.hostname or url.username or url.query:
            raise _bad("settings.url")
        if not setup.secrets.get("token") and not setup.secrets.get("role_id"):
            raise _bad("secrets")
    elif setup.kind == "environment":
        prefix = setup.settings.get("prefix", "")
        # No prefix may open the master key or another of Studio's own variables.
        if (
            not prefix
            or _OWN.startswith(prefix)
            or (prefix.startswith(_OWN) and not prefix.startswith("STUDIO_SECRET_"))
        ):
            raise _bad("settings.prefix")
    elif not Path(setup.settings.get("folder", "")).is_absolute():
        raise _bad("settings.folder")
    return setup


def _bad(param: str) -> UserError:
    refused = UserError("secret.store_setup", "The secret store cannot be set up so: see {param}.", param=param)
    refused.at(param=param)
    return refused


def _same_place(before: StoreSetup, setup: StoreSetup) -> bool:
    return before.kind == setup.kind and before.settings.get("url") == setup.settings.get("url")


def _told(setup: StoreSetup) -> dict[str, object]:
    return {
        "kind": setup.kind, "paths": setup.paths, "settings": setup.settings,
        "secrets": dict.fromkeys(setup.secrets, MASKED),
    }  # fmt: skip
