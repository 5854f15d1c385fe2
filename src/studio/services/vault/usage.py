"""Where credentials are used, and deleting them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import Conflict
from studio.domain.workflow import Workflow
from studio.services._collection import Kept
from studio.services.people.model import People
from studio.services.people.rights import rights_of
from studio.services.vault.access import Access
from studio.services.vault.connecting import Connecting
from studio.services.vault.credentials import Credentials
from studio.services.vault.model import ENVIRONMENT, MANAGE, Credential, Vault, name_id
from studio.services.workflows.model import WorkflowHead, version_id
from studio.services.workflows.needs import credentials_of
from studio.services.workflows.workflows import Workflows

_NAMED = 10
"""A refusal names so many workflows."""


class Place(NamedTuple):
    """A workflow that names a credential: in its draft, in the version that runs, or in both.

    ``visible`` is whether the caller may see the workflow; of others only their number is told.
    """

    workflow: Kept[WorkflowHead]
    draft: bool
    version: int | None
    names: list[str]
    visible: bool


class Usage:
    """Finds the workflows that name a credential."""

    def __init__(
        self,
        vault: Vault,
        access: Access,
        credentials: Credentials,
        connecting: Connecting,
        workflows: Callable[[], Workflows],
        people: People,
    ) -> None:
        self._vault = vault
        self._access = access
        self._credentials = credentials
        self._connecting = connecting
        self._workflows = workflows
        self._people = people

    async def of(self, actor: Actor, id: str) -> list[Place]:
        """The workflows that name a credential.

        Raises:
            NotFound: There is no such credential that the actor may see.
        """
        found = await self._access.need(actor, id)
        return (await self.of_several(actor, [found]))[id]

    async def of_several(self, actor: Actor, found: Sequence[Kept[Credential]]) -> dict[str, list[Place]]:
        """The same for several, in one pass over the workflows."""
        if not found:
            return {}
        places: dict[str, list[Place]] = {one.id: [] for one in found}
        by_name = {name_id(one.value.name): one.id for one in found} | {one.id: one.id for one in found}
        for alias in await self._vault.names.all(actor.workspace, field="alias"):
            target = alias.value.targets.get(ENVIRONMENT, "")
            if target in places:
                by_name[alias.id] = target
        workflows = self._workflows()
        for head in await workflows.shelf.workflows.all(actor.workspace):
            if head.value.deleted_at is not None:
                continue
            visible = await workflows.finder.allows(actor, Permission.WORKFLOW_VIEW, head.value)
            drafted = await self._draft(actor.workspace, head)
            published = await self._published(actor.workspace, head)
            for id in places:
                names = [one for one in dict.fromkeys(drafted + published) if by_name.get(name_id(one)) == id]
                if names:
                    in_draft = any(one in drafted for one in names)
                    number = head.value.published if any(one in published for one in names) else None
                    places[id].append(Place(head, in_draft, number, names, visible))
        return places

    async def seen_by(
        self, workspace: str, account: str, found: Sequence[Kept[Credential]]
    ) -> dict[str, tuple[list[str], int]]:
        """For each of these credentials the names of workflows that need it, as far as somebody may see them, and how
        many there are beside those."""
        rights = await rights_of(self._people, workspace, account)
        who = Actor(kind=ActorKind.PERSON, id=account, workspace=workspace)
        if rights is not None:
            who = msgspec.structs.replace(who, permissions=rights[0], folders=rights[1])
        told: dict[str, tuple[list[str], int]] = {}
        for id, places in (await self.of_several(who, found)).items():
            names = [one.workflow.value.name for one in places if one.visible][:_NAMED]
            told[id] = (names, len(places) - len(names))
        return told

    async def _draft(self, workspace: str, head: Kept[WorkflowHead]) -> list[str]:
        draft = await self._workflows().drafts.load(workspace, head.id)
        return await asyncio.to_thread(lambda: credentials_of(Workflow.model_validate(draft.document)))

    async def _published(self, workspace: str, head: Kept[WorkflowHead]) -> list[str]:
        if not head.value.published:
            return []
        shelf = self._workflows().shelf
        found = await shelf.documents.get(workspace, version_id(head.id, head.value.published))
        if found is None:
            return []
        return await asyncio.to_thread(lambda: credentials_of(Workflow.model_validate_json(found.value.document)))

    async def delete(self, actor: Actor, id: str, expected: int | None = None, *, force: bool = False) -> None:
        """Delete a credential; tokens are made void at their provider, as far as it lets us.

        Raises:
            NotFound: There is none that the actor may see.
            AccessRefused: The actor may not manage it.
            Conflict: Workflows name it, and ``force`` is not given.
        """
        found = await self._access.need(actor, id, MANAGE)
        if not force:
            places = (await self.of_several(actor, [found]))[id]
            if places:
                names = [one.workflow.value.name for one in places if one.visible][:_NAMED]
                raise Conflict(
                    "credential.in_use", "{name} is used by {count} workflow(s): {workflows}.",
                    name=found.value.name, count=len(places), workflows=listed(names, len(places) - len(names)),
                )  # fmt: skip
        tokens = await self._connecting.tokens(actor.workspace, found.id)
        await self._credentials.removed(actor, found, expected)
        await self._connecting.revoke(tokens)


def listed(names: Sequence[str], more: int) -> str:
    """Names of workflows as a part of a sentence, and how many there are beside them."""
    return ", ".join([*names, *([f"+{more}"] if more else [])]) or "-"
