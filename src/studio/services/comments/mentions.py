"""Who is mentioned in a comment: ``@`` and the id of a member who may see the workflow."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeAlias

from studio.contracts.records import Change
from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import UserError
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import People
from studio.services.people.rights import rights_of
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import WorkflowHead

MAX_MENTIONS = 20
_MENTION = re.compile(r"(?<![0-9A-Za-z@])@([0-9a-hjkmnp-tv-z]{26})(?![0-9a-z])")


class Mentioned(NamedTuple):
    """That somebody was mentioned: in which workspace and workflow, where, by whom, and who."""

    workspace: str
    workflow: str
    workflow_name: str
    thread: str
    comment: str
    by: str
    by_name: str
    account: str


Notify: TypeAlias = Callable[[Sequence[Mentioned]], Awaitable[Sequence[Change]]]
"""Gives the changes that tell people that they were mentioned; they are stored together with the comment."""


class Mentions:
    """Finds and checks mentions."""

    def __init__(self, people: People, finder: Finder) -> None:
        self._people = people
        self._finder = finder

    async def of(self, actor: Actor, head: Kept[WorkflowHead], text: str) -> list[str]:
        """The accounts that a text mentions.

        Raises:
            UserError: One of them may not see the workflow, or there are too many.
        """
        found = list(dict.fromkeys(_MENTION.findall(text)))
        if len(found) > MAX_MENTIONS:
            raise UserError("comment.mentions", "A comment mentions {most} people at most.", most=MAX_MENTIONS)
        for account in found:
            if not await self.may_see(actor.workspace, account, head):
                raise UserError(
                    "comment.mention", "{account} is no member who may see this workflow.", account=account
                ).at(param="text")
        return found

    async def may_see(self, workspace: str, account: str, head: Kept[WorkflowHead]) -> bool:
        """Whether an account may see a workflow and its comments."""
        rights = await rights_of(self._people, workspace, account)
        kept = await self._people.accounts.get(INSTANCE, account)
        if rights is None or kept is None or not kept.value.active:
            return False
        who = Actor(kind=ActorKind.PERSON, id=account, workspace=workspace, permissions=rights[0], folders=rights[1])
        return await self._finder.allows(who, Permission.WORKFLOW_VIEW, head.value) and await self._finder.allows(
            who, Permission.COMMENT_VIEW, head.value
        )
