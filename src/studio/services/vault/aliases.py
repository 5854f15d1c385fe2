"""Aliases: names in workflows that stand for another credential in each environment."""

from __future__ import annotations

from collections.abc import Mapping

from studio.contracts.records import ABSENT
from studio.domain.access import Actor
from studio.domain.errors import NotFound, RecordChanged, UserError
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.vault._names import check_name, name_taken
from studio.services.vault.access import Access
from studio.services.vault.model import ENVIRONMENT, MANAGE, USE, Named, Vault, name_id


class Aliases:
    """Keeps aliases. Whoever sets one must be allowed to use what it will stand for."""

    def __init__(self, vault: Vault, access: Access) -> None:
        self._vault = vault
        self._access = access

    async def all(self, actor: Actor) -> list[Kept[Named]]:
        """Every alias of the workspace, by name."""
        return await self._vault.names.all(actor.workspace, field="alias")

    async def get(self, actor: Actor, name: str) -> Kept[Named]:
        """One.

        Raises:
            NotFound: There is none.
        """
        found = await self._vault.names.get(actor.workspace, name_id(name))
        if found is None or not found.value.alias:
            raise NotFound("credential.no_alias", "There is no alias {name}.", name=name)
        return found

    async def set(
        self, actor: Actor, name: str, targets: Mapping[str, str], expected: int | None = None
    ) -> Kept[Named]:
        """Say what an alias stands for.

        What workflows reach under a name must not change under them: where the alias stands for another credential
        already, the actor must manage that one.

        Args:
            actor: Who sets it.
            name: The alias.
            targets: Credential ids by environment.
            expected: Its revision, None for whatever it is.

        Raises:
            Conflict: A credential has that name.
            NotFound: A credential is not there, or not for the actor to see.
            AccessRefused: A credential is not shared with the actor, or is not theirs to replace.
        """
        name = check_name(name)
        if not targets or set(targets) != {ENVIRONMENT}:
            raise UserError(
                "credential.environment_unknown", "There is one environment so far: {name}.", name=ENVIRONMENT
            ).at(param="targets")
        before = await self._vault.names.get(actor.workspace, name_id(name))
        if before is not None and not before.value.alias:
            raise name_taken(name)
        for target in targets.values():
            await self._access.need(actor, target, USE)
        await self._require_replaceable(actor, before, targets)
        value = Named(name=name, targets=dict(targets), alias=True, by=actor.id)
        revision = before.revision if before is not None else ABSENT
        put = self._vault.names.put(
            actor.workspace, name_id(name), value, expected=revision if expected is None else expected
        )
        audit = entry(
            actor, "credential_alias.set", kind="credential_alias", id=name_id(name), name=name,
            before=dict(before.value.targets) if before is not None else None, after=dict(targets),
        )  # fmt: skip
        try:
            await self._vault.records.commit([put], [audit])
        except RecordChanged as error:
            if before is None and expected is None:
                raise name_taken(name) from error
            raise
        return await self.get(actor, name)

    async def delete(self, actor: Actor, name: str, expected: int | None = None) -> None:
        """Delete an alias. What names it does not find a credential any more.

        Raises:
            NotFound: There is none.
            AccessRefused: The actor does not manage what it stands for.
        """
        found = await self.get(actor, name)
        await self._require_replaceable(actor, found, {})
        revision = found.revision if expected is None else expected
        await self._vault.records.commit(
            [self._vault.names.drop(actor.workspace, found.id, expected=revision)],
            [entry(
                actor, "credential_alias.deleted", kind="credential_alias", id=found.id, name=found.value.name,
                before=dict(found.value.targets),
            )],
        )  # fmt: skip

    async def _require_replaceable(self, actor: Actor, before: Kept[Named] | None, targets: Mapping[str, str]) -> None:
        for environment, target in before.value.targets.items() if before is not None else ():
            if targets.get(environment) != target and await self._vault.credentials.get(actor.workspace, target):
                await self._access.need(actor, target, MANAGE)
