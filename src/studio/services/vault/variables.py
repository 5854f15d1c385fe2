"""Variables of a workspace: what expressions see as ``vars``.

Executions read variables from a table of their own. A change stands first in a record, with its audit entry, marked as
pending; then the table gets it, and the mark goes. What a crash left pending is settled by whoever asks for it next,
and by servers every minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from studio.contracts.records import ABSENT, Change
from studio.contracts.store import Store
from studio.domain.access import Actor
from studio.domain.errors import NotFound, RecordChanged, UserError
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.vault.hidden import texts_in
from studio.services.vault.hiding import Hiding
from studio.services.vault.model import Variable, Vault

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_LARGEST = 64 * 1024
_MOST = 1000


class Variables:
    """Keeps variables.

    Args:
        encode: How executions want a value.
        changed: Told the workspace whose variables are others now.
    """

    def __init__(
        self,
        vault: Vault,
        store: Store,
        encode: Callable[[Any], bytes],
        changed: Callable[[str], None],
        hiding: Hiding,
    ) -> None:
        self._vault = vault
        self._store = store
        self._encode = encode
        self._changed = changed
        self._hiding = hiding

    async def all(self, actor: Actor) -> list[Kept[Variable]]:
        """Every variable of the workspace, by name."""
        await self.settle(actor.workspace)
        return await self._vault.variables.all(actor.workspace, field="name")

    async def get(self, actor: Actor, name: str) -> Kept[Variable]:
        """One.

        Raises:
            NotFound: There is none.
        """
        found = await self._vault.variables.get(actor.workspace, name)
        if found is not None and found.value.pending:
            await self._settle(actor.workspace, name)
            found = await self._vault.variables.get(actor.workspace, name)
        if found is None or found.value.deleted:
            raise NotFound("variable.not_found", "There is no variable {name}.", name=name)
        return found

    async def set(
        self,
        actor: Actor,
        name: str,
        value: Any,
        *,
        given: bool,
        secret: bool,
        description: str = "",
        expected: int | None = None,
    ) -> Kept[Variable]:
        """Make a variable, or change one. What starts from now on sees it.

        Args:
            actor: Who sets it.
            name: As expressions have it: ``vars.NAME``.
            value: Any JSON value.
            given: Whether ``value`` was given; without, the present one stays.
            secret: Whether it is never shown. What was secret becomes open only together with a value.
            description: What it is for.
            expected: Its revision.

        Raises:
            UserError: Name or value will not do.
            RecordChanged: It has another revision.
        """
        if not _NAME.fullmatch(name):
            raise UserError(
                "variable.name", "A variable has a name of letters, digits and _, which begins with no digit."
            ).at(param="name")
        before = await self._vault.variables.get(actor.workspace, name)
        old = before.value if before is not None and not before.value.deleted else None
        if not given:
            if old is None or (old.secret and not secret):
                raise UserError("variable.value", "Give the value too.").at(param="value")
            value = old.value
        if len(self._encoded(value)) > _LARGEST:
            raise UserError("variable.large", "A variable has {most} bytes at most.", most=_LARGEST).at(param="value")
        if before is None and await self._vault.variables.count(actor.workspace) >= _MOST:
            raise UserError("variable.too_many", "A workspace has {most} variables at most.", most=_MOST)
        made = Variable(name=name, value=value, secret=secret, description=description, pending=True, by=actor.id)
        await self._commit(actor, "variable.set", before, made, expected, old)
        return await self.get(actor, name)

    async def delete(self, actor: Actor, name: str, expected: int | None = None) -> None:
        """Delete a variable. What runs keeps what it saw.

        Raises:
            NotFound: There is none.
        """
        before = await self.get(actor, name)
        gone = Variable(name=name, pending=True, deleted=True, by=actor.id)
        await self._commit(actor, "variable.deleted", before, gone, expected, before.value)

    def _encoded(self, value: Any) -> bytes:
        try:
            return self._encode(value)
        except (OverflowError, ValueError, TypeError) as error:
            raise UserError("variable.unfit", "This value cannot be kept.").at(param="value") from error

    async def _commit(
        self,
        actor: Actor,
        action: str,
        before: Kept[Variable] | None,
        made: Variable,
        expected: int | None,
        old: Variable | None,
    ) -> None:
        revision = before.revision if before is not None else ABSENT
        gone = texts_in(old.value) if old is not None and old.secret else ()
        await self._vault.records.commit(
            [
                self._vault.variables.put(
                    actor.workspace, made.name, made, expected=revision if expected is None else expected
                ),
                # What is shown from now on is no secret any more, even where it was one.
                *await self._hiding.changes(actor.workspace, gone, texts_in(made.value)),
            ],
            [entry(
                actor, action, kind="variable", id=made.name, name=made.name,
                before=_told(old) if old is not None else None, after=None if made.deleted else _told(made),
            )],
        )  # fmt: skip
        await self._settle(actor.workspace, made.name)

    async def settle(self, workspace: str) -> None:
        """Give executions what a crash has kept from them."""
        for one in await self._vault.variables.all(workspace, field="pending"):
            await self._settle(workspace, one.id)

    async def _settle(self, workspace: str, name: str) -> None:
        """Bring what executions read to what the record says, whoever else changes it at the same time."""
        while True:
            found = await self._vault.variables.get(workspace, name)
            gone = found is None or found.value.deleted
            encoded = None if found is None or gone else self._encode(found.value.value)
            secret = found is not None and found.value.secret
            await self._store.set_variable(workspace, name, encoded, secret=secret)
            self._changed(workspace)
            if found is None:
                return
            change: Change = self._vault.variables.check(workspace, name, found.revision)
            if found.value.deleted:
                change = self._vault.variables.drop(workspace, name, expected=found.revision)
            elif found.value.pending:
                settled = msgspec.structs.replace(found.value, pending=False)
                change = self._vault.variables.put(workspace, name, settled, expected=found.revision)
            try:
                await self._vault.records.commit([change])
            except RecordChanged:
                continue
            return


def _told(value: Variable) -> dict[str, Any]:
    return {"value": MASKED if value.secret else value.value, "secret": value.secret, "description": value.description}
