"""Outputs that are pinned to the nodes of a draft."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._routes import Routes
from studio.server.resources.executions.schemas import ValueOut
from studio.server.resources.pinned.schemas import PinIn, PinnedListOut, PinnedOut
from studio.services.pinning.pinning import Pinned

routes = Routes("/workflows", "editing")


@routes.ask("GET", "/{workflow}/pinned", Permission.EXECUTION_VIEW)
async def list_pinned(workflow: str, actor: Asking, services: Services) -> PinnedListOut:
    """What is pinned beside the draft, by node; of large values a part. Masked like the values of executions."""
    return PinnedListOut(items=[_out(one) for one in await services.pinning.list(actor, workflow)])


@routes.ask("GET", "/{workflow}/pinned/{node}", Permission.EXECUTION_VIEW)
async def show_pinned(
    workflow: str,
    node: str,
    response: Response,
    actor: Asking,
    services: Services,
    at: Annotated[list[str] | None, Query(max_length=64, description="Keys and indexes that lead into it.")] = None,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=65_536, description="Entries, or characters of a text.")] = 100,
) -> PinnedOut:
    """A part of what is pinned to a node."""
    found = await services.pinning.show(actor, workflow, node, at or [], offset, limit)
    give_etag(response, found.kept.revision)
    return _out(found)


@routes.ask("PUT", "/{workflow}/pinned/{node}", Permission.WORKFLOW_EDIT)
async def pin_output(
    workflow: str,
    node: str,
    body: PinIn,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> PinnedOut:
    """Pin a value to a node of the draft. Previews take it, and trials that ask for it (`pinned: "draft"`).

    It lies encrypted beside the draft, never in the document, and goes and is renamed with the node. Audited.
    """
    if body.execution is not None and "value" in body.model_fields_set:
        raise UserError("pinned.value_or_execution", "Give a value or an execution.").at(param="value")
    expected = expected_revision(if_match)
    if body.execution is not None:
        kept = await services.pinning.take(actor, workflow, node, body.execution, expected)
    else:
        kept = await services.pinning.put(actor, workflow, node, body.value, expected)
    give_etag(response, kept.revision)
    return _out(await services.pinning.shown(actor, workflow, kept))


@routes.ask("DELETE", "/{workflow}/pinned/{node}", Permission.WORKFLOW_EDIT, status=204)
async def unpin_output(workflow: str, node: str, actor: Asking, services: Services) -> None:
    """Take away what is pinned to a node. Audited."""
    await services.pinning.clear(actor, workflow, node)


@routes.ask("DELETE", "/{workflow}/pinned", Permission.WORKFLOW_EDIT, status=204)
async def unpin_all(workflow: str, actor: Asking, services: Services) -> None:
    """Take away everything that is pinned beside the draft. Audited."""
    await services.pinning.clear(actor, workflow)


def _out(one: Pinned) -> PinnedOut:
    value = one.kept.value
    return PinnedOut(
        node=value.node, by=value.by, at=value.at, execution=value.execution or None, bytes=len(value.value),
        value=ValueOut.model_validate(one.shown),
    )  # fmt: skip
