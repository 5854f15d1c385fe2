"""Which texts of a workspace are never shown: its secret variables and the secrets of its credentials.

What was replaced or deleted counts too, since executions of before may hold it: its text is kept for that alone, sealed
like every record. Every change of a secret touches one record, by whose revision other processes see that there is
something new to read.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from studio.contracts.records import Change
from studio.contracts.secrets import SecretRef
from studio.domain.errors import StudioError, UserError
from studio.services._clock import Clock
from studio.services.auditing import MASKED
from studio.services.vault.forms import reference_in
from studio.services.vault.hidden import INSIDE, Hidden, texts_in
from studio.services.vault.model import HiddenText, SecretsState, Vault

_LOG = logging.getLogger("studio.vault")
_STATE = "state"
KEPT = 366 * 24 * 3600 * 1_000_000
"""How long a secret that was replaced or deleted is masked."""
KEPT_TOKEN = 3600 * 1_000_000
"""The same for a token that a provider renewed: it ends by itself."""
_WAIT = 2.0
"""Seconds that an outside store may take to say what is to be masked."""
_AGAIN = 30.0
_MOST_REMEMBERED = 4096
_PLAIN = ("expires_at",)


class Reader(Protocol):
    """Reads what references to outside stores stand for."""

    async def read(self, workspace: str, reference: SecretRef) -> str:
        """The present value."""
        ...


async def _none(_workspace: str) -> Sequence[str]:
    return ()


class Hiding:
    """Knows what is masked in each workspace.

    Args:
        vault: Where secrets are kept.
        stores: Reads references.
        clock: The database's.
    """

    def __init__(self, vault: Vault, stores: Reader, clock: Clock) -> None:
        self._vault = vault
        self._stores = stores
        self._clock = clock
        self._known: dict[str, tuple[int, Hidden]] = {}
        self._outside: dict[str, dict[str, None]] = {}
        self._failed: dict[tuple[str, SecretRef], float] = {}
        self.given: Callable[[str], Awaitable[Sequence[str]]] = _none
        """Secrets that come from elsewhere: credentials of the process's environment."""

    async def of(self, workspace: str) -> Hidden:
        """What is masked in a workspace now."""
        state = await self._vault.state.get(workspace, _STATE)
        revision = state.revision if state is not None else 0
        known = self._known.get(workspace)
        if known is not None and known[0] == revision:
            return known[1]
        hidden = await self._read(workspace)
        if known is not None and (known[1].given, known[1].secret_variables) == (hidden.given, hidden.secret_variables):
            hidden = known[1]  # what was made of it need not be made again
        else:
            await asyncio.to_thread(hidden.prepare)
        self._known[workspace] = (revision, hidden)
        return hidden

    async def _read(self, workspace: str) -> Hidden:
        texts: list[str] = list(await self.given(workspace))
        variables = [one.value for one in await self._vault.variables.all(workspace, field="name") if one.value.secret]
        texts += [text for one in variables for text in texts_in(one.value)]
        references: dict[SecretRef, None] = {}
        for secret in await self._vault.secrets.all(workspace):
            texts += secret_texts(secret.value.fields)
            references.update(dict.fromkeys(_references(secret.value.fields)))
        texts += [one.value.text for one in await self._vault.hidden.all(workspace)]
        await asyncio.gather(*(self._look_up(workspace, one) for one in references))
        return Hidden([*texts, *self._outside.get(workspace, ())], [one.name for one in variables])

    async def _look_up(self, workspace: str, reference: SecretRef) -> None:
        """Remember what a reference stands for; a store that does not answer is left alone for a while."""
        key = (workspace, reference)
        if self._failed.get(key, 0.0) > time.monotonic():
            return
        try:
            async with asyncio.timeout(_WAIT):
                self.remember(workspace, [await self._stores.read(workspace, reference)])
        except (StudioError, TimeoutError) as error:
            self._failed[key] = time.monotonic() + _AGAIN
            _LOG.warning(
                "what a secret store holds cannot be masked",
                extra={"workspace": workspace, "store": reference.store, "error": getattr(error, "code", "timeout")},
            )

    def remember(self, workspace: str, texts: Iterable[str]) -> None:
        """Mask what an outside store gave, for as long as this process runs. It is stored nowhere."""
        known = self._outside.setdefault(workspace, {})
        fresh = [text for text in texts if text not in known]
        if fresh:
            known.update(dict.fromkeys(fresh))
            while len(known) > _MOST_REMEMBERED:
                del known[next(iter(known))]
            self._known.pop(workspace, None)

    def known(self, text: str) -> str:
        """A text with everything masked that this process knows of any workspace: for logs, which cannot wait."""
        for _, hidden in list(self._known.values()):
            text = hidden.text(text)
        for texts in list(self._outside.values()):
            for secret in list(texts):
                if len(secret) >= INSIDE:
                    text = text.replace(secret, MASKED)
        return text

    # Changes, for the transactions of those who change secrets

    async def changes(
        self, workspace: str, before: Iterable[str] = (), after: Iterable[str] = (), *, kept: int = KEPT
    ) -> list[Change]:
        """What a transaction that changes secrets writes beside: that something changed, and texts that are gone."""
        changes: list[Change] = []
        for text in set(before) - set(after):
            id = await self._vault.records.digest(workspace, text)
            gone = HiddenText(text=text)
            changes.append(self._vault.hidden.put(workspace, id, gone, expires_at=self._clock() + kept))
        changes.sort(key=lambda one: one.id)
        return [*changes, self._vault.state.put(workspace, _STATE, SecretsState())]


def secret_texts(fields: Mapping[str, Any]) -> list[str]:
    """The texts of a credential's secret fields, without those that stand elsewhere."""
    found: list[str] = []
    for name, value in fields.items():
        if name not in _PLAIN and not isinstance(value, Mapping):
            found += texts_in(value)
    return found


def _references(fields: Mapping[str, Any]) -> list[SecretRef]:
    found: list[SecretRef] = []
    for value in fields.values():
        try:
            reference = reference_in(value)
        except UserError:
            continue
        if reference is not None:
            found.append(reference)
    return found
