"""What a name in a workflow stands for: the host asks here when a node uses a credential."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

import msgspec

from studio.contracts.records import ABSENT
from studio.contracts.secrets import CredentialForm
from studio.domain.access import Actor, ActorKind
from studio.domain.errors import RecordChanged
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.vault._fields import client_fields
from studio.services.vault.forms import Forms, reference_in
from studio.services.vault.hiding import KEPT_TOKEN, Hiding, secret_texts
from studio.services.vault.model import (
    ANY,
    ENVIRONMENT,
    SIGN_IN,
    Credential,
    CredentialSecret,
    CredentialUse,
    OAuthClient,
    Tested,
    Vault,
    name_id,
)
from studio.services.vault.stores import Stores
from studio.services.workflows.naming import is_id

_USED_EVERY = 300.0
"""Seconds between two notes that a credential was used."""


Ask: TypeAlias = Callable[[Kept[Credential]], Awaitable[None]]
"""Raises where a credential may not be used."""


def _nowhere(_workspace: str, _reference: str) -> bool | None:
    return None


class Filled(NamedTuple):
    """A credential with all its fields, ready to be used. It goes to the host, never to an answer."""

    credential: Kept[Credential]
    form: CredentialForm
    fields: dict[str, Any]
    secret: Kept[CredentialSecret]


class Lookup:
    """Finds credentials for the host, and keeps what providers renew."""

    def __init__(self, vault: Vault, forms: Forms, stores: Stores, clock: Clock) -> None:
        self.vault = vault
        self.stores = stores
        self.hiding = Hiding(vault, stores, clock)
        self.forms = forms
        self._clock = clock
        self._noted: dict[tuple[str, str], float] = {}
        self.outside: Callable[[str, str], bool | None] = _nowhere
        """Whether a name stands for a credential of the process's environment, which goes before the vault: None where
        it does not, else whether the operator opens it to everybody in the workspace."""

    async def find(self, workspace: str, reference: str) -> Kept[Credential] | None:
        """The credential that a name, an alias or an id stands for."""
        if is_id(reference):
            return await self.vault.credentials.get(workspace, reference)
        named = await self.vault.names.get(workspace, name_id(reference))
        if named is None:
            return None
        target = named.value.targets.get(ENVIRONMENT) or named.value.targets.get(ANY)
        return await self.vault.credentials.get(workspace, target) if target else None

    async def filled(
        self, workspace: str, reference: str, *, late: bool = True, ask: Ask | None = None
    ) -> Filled | None:
        """A credential with its fields; with ``late`` what they refer to is read. ``ask`` may refuse it before.

        Raises:
            UserError: Its type is not installed, or what a field refers to is not there.
            ProviderError: A secret store does not answer.
        """
        found = await self.find(workspace, reference)
        if found is not None and ask is not None:
            await ask(found)
        secret = await self.vault.secrets.get(workspace, found.id) if found is not None else None
        if found is None or secret is None:
            return None
        form = await self.forms.need(found.value.type)
        fields = {**found.value.plain, **secret.value.fields}
        if late:
            outside = [name for name, value in fields.items() if reference_in(value) is not None]
            fields = await self.stores.resolved(workspace, fields)
            self.hiding.remember(workspace, [str(fields[name]) for name in outside])
        client = await self.client(found.value)
        if client is not None:
            # The operator's client speaks only to the operator's addresses.
            fields |= client_fields(form, client)
            if client.scopes and not fields.get("scopes"):
                fields["scopes"] = client.scopes
        return Filled(found, form, fields, secret)

    async def client(self, credential: Credential) -> OAuthClient | None:
        """The registered client that a credential signs in with."""
        if not credential.client:
            return None
        found = await self.vault.clients.get(INSTANCE, credential.client)
        return found.value if found is not None else None

    async def keep(self, workspace: str, filled: Filled, tokens: Mapping[str, Any]) -> bool:
        """Store what a provider renewed; False where somebody changed the secrets meanwhile, and theirs stand."""
        before = filled.secret.value
        value = msgspec.structs.replace(before, fields={**before.fields, **_tokens(tokens)})
        put = self.vault.secrets.put(workspace, filled.credential.id, value, expected=filled.secret.revision)
        hidden = await self.hiding.changes(
            workspace, secret_texts(before.fields), secret_texts(value.fields), kept=KEPT_TOKEN
        )  # fmt: skip
        try:
            await self.vault.records.commit([put, *hidden])
        except RecordChanged:
            return False
        return True

    async def needs_sign_in(self, workspace: str, filled: Filled, reason: str) -> None:
        """Mark a credential: its provider renews it no more, somebody has to sign in again."""
        found = filled.credential
        value = msgspec.structs.replace(found.value, state=SIGN_IN, lost_at=self._clock())
        with suppress(RecordChanged):
            await self.vault.records.commit(
                [
                    self.vault.credentials.put(workspace, found.id, value, expected=found.revision),
                    self.vault.secrets.check(workspace, found.id, filled.secret.revision),
                ],
                [entry(
                    Actor(kind=ActorKind.SYSTEM, workspace=workspace), "credential.sign_in_needed", kind="credential",
                    id=found.id, name=found.value.name, after={"reason": reason}, outcome="failed",
                )],
            )  # fmt: skip

    async def note_use(self, workspace: str, id: str) -> None:
        """Remember that a credential was used, now and then."""
        now = time.monotonic()
        if now - self._noted.get((workspace, id), -_USED_EVERY) < _USED_EVERY:
            return
        self._noted[workspace, id] = now
        await self._note(workspace, id, used_at=self._clock())

    async def note_test(self, workspace: str, id: str, tested: Tested) -> None:
        """Remember what a test call showed."""
        await self._note(workspace, id, tested=tested)

    async def _note(self, workspace: str, id: str, **noted: Any) -> None:
        before = await self.vault.uses.get(workspace, id)
        use = msgspec.structs.replace(before.value if before is not None else CredentialUse(), **noted)
        expected = before.revision if before is not None else ABSENT
        with suppress(RecordChanged):  # another process noted it at the same moment
            await self.vault.records.commit([self.vault.uses.put(workspace, id, use, expected=expected)])


def _tokens(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("access_token", "refresh_token", "expires_at") if name in fields}
