"""The tags that workflows have, for whoever filters by them."""

from __future__ import annotations

from pydantic import Field

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._models import Out, PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.services.workflows.listing import State

# Below /workflows a word would stand in the way of the workflow with that key.
routes = Routes("/workflow-tags", "workflows")


class TagOut(Out):
    """A tag of workflows."""

    tag: str = Field(examples=["finance"])
    workflows: int = Field(description="How many workflows have it.", examples=[3])


@routes.ask("GET", "", Permission.WORKFLOW_VIEW)
async def list_workflow_tags(
    actor: Asking, services: Services, state: State = "active", cursor: Cursor = None, limit: Limit = 200
) -> PageOut[TagOut]:
    """The tags of the workflows that the caller may see, by name, and how many of them have each."""
    found = await services.workflows.listing.tags(actor, state)
    page, following = page_of(found, lambda one: one[0], cursor, limit)
    return PageOut(items=[TagOut(tag=tag, workflows=count) for tag, count in page], next=following)
