"""Lists of workflows: what somebody may see, filtered and sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from studio.domain.access import Actor, Permission
from studio.services._collection import Kept
from studio.services.policy import allows_in
from studio.services.workflows.folders import Folders, Tree
from studio.services.workflows.model import ROOT, Draft, Shelf, WorkflowHead, moment

State: TypeAlias = Literal["active", "archived", "deleted"]
Sort: TypeAlias = Literal["name", "updated"]
_SCAN = 200


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which workflows to list.

    Args:
        folder: Only those in this folder; ``ROOT`` for those in none, None for all.
        below: Those in the folders below it too.
        tag: Only those with this tag.
        owner: Only those of this account.
        search: Only those whose name, key or description has all these words.
        state: Active, archived or deleted ones.
        sort: By name, or by when the draft was changed, the latest first.
    """

    folder: str | None = None
    below: bool = False
    tag: str | None = None
    owner: str | None = None
    search: str = ""
    state: State = "active"
    sort: Sort = "name"


class Listed(NamedTuple):
    """A workflow in a list, and its draft, of which only revision, author and time count."""

    head: Kept[WorkflowHead]
    draft: Kept[Draft] | None


class Listing:
    """Lists workflows."""

    def __init__(self, shelf: Shelf, folders: Folders) -> None:
        self._shelf = shelf
        self._folders = folders

    async def page(
        self, actor: Actor, wanted: Wanted, *, after: tuple[str, str] | None = None, limit: int = 50
    ) -> tuple[list[Listed], tuple[str, str] | None]:
        """A page of the workflows that the actor may see, and the cursor of the next one.

        Raises:
            NotFound: There is no such folder.
        """
        if wanted.folder:
            await self._folders.show(actor, wanted.folder)
        tree = await self._folders.tree(actor.workspace)
        fits = _filter(actor, wanted, tree)
        found: list[tuple[str, Kept[WorkflowHead]]] = []
        while True:
            scanned, after = await self._scan(actor.workspace, wanted, after)
            found += [one for one in scanned if fits(one[1])]
            if after is None or len(found) > limit:
                break
        heads = [head for _, head in found[:limit]]
        drafts = await self._shelf.drafts.get_many(actor.workspace, [head.id for head in heads])
        more = (found[limit - 1][0], found[limit - 1][1].id) if len(found) > limit else None
        return [Listed(head, drafts.get(head.id)) for head in heads], more

    async def tags(self, actor: Actor, state: State = "active") -> list[tuple[str, int]]:
        """Every tag of the workflows that the actor may see, by name, and how many of them have it."""
        wanted = Wanted(state=state)
        fits = _filter(actor, wanted, await self._folders.tree(actor.workspace))
        counts: Counter[str] = Counter()
        after: tuple[str, str] | None = None
        while True:
            scanned, after = await self._scan(actor.workspace, wanted, after)
            for _, head in scanned:
                if fits(head):
                    counts.update(head.value.tags)
            if after is None:
                return sorted(counts.items(), key=lambda one: (one[0].casefold(), one[0]))

    async def _scan(
        self, workspace: str, wanted: Wanted, after: tuple[str, str] | None
    ) -> tuple[list[tuple[str, Kept[WorkflowHead]]], tuple[str, str] | None]:
        """Some workflows in order, each with what the list is sorted by, and where to go on."""
        if wanted.sort == "updated":
            drafts = await self._shelf.drafts.page(
                workspace, field="updated", after=after, descending=True, limit=_SCAN
            )
            ids = [draft.id for draft in drafts.items]
            heads = await self._shelf.workflows.get_many(workspace, ids)
            order = {draft.id: moment(draft.value.at) for draft in drafts.items}
            return [(order[id], heads[id]) for id in ids if id in heads], drafts.after
        # What lies in one folder only is found by it.
        parent = wanted.folder if wanted.folder is not None and not wanted.below else None
        page = await self._shelf.workflows.page(workspace, parent=parent, field="name", after=after, limit=_SCAN)
        return [(head.value.name.casefold(), head) for head in page.items], page.after


def _filter(actor: Actor, wanted: Wanted, tree: Tree) -> Callable[[Kept[WorkflowHead]], bool]:
    words = wanted.search.casefold().split()
    inside: set[str] | None = None
    if wanted.folder is not None and not (wanted.folder == ROOT and wanted.below):
        inside = tree.below(wanted.folder) if wanted.below else {wanted.folder}
    needed = Permission.WORKFLOW_DELETE if wanted.state == "deleted" else Permission.WORKFLOW_VIEW
    allowed: dict[str, bool] = {}

    def may(folder: str) -> bool:
        if folder not in allowed:
            allowed[folder] = allows_in(actor, needed, tree.path(folder))
        return allowed[folder]

    def fits(one: Kept[WorkflowHead]) -> bool:
        head = one.value
        text = f"{head.name}\n{head.key}\n{head.description}".casefold()
        return (
            _state(head) == wanted.state
            and (actor.workflows is None or one.id in actor.workflows)
            and (inside is None or head.folder in inside)
            and (wanted.tag is None or wanted.tag in head.tags)
            and (wanted.owner is None or wanted.owner == head.owner)
            and all(word in text for word in words)
            and may(head.folder)
        )

    return fits


def _state(head: WorkflowHead) -> State:
    if head.deleted_at is not None:
        return "deleted"
    return "active" if head.archived_at is None else "archived"
