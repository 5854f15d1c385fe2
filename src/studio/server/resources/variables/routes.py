"""Variables of a workspace, which expressions see as `vars`."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.variables.schemas import VariableIn, VariableOut
from studio.services._collection import Kept
from studio.services.vault.model import Variable

routes = Routes("/variables", "variables")


def _out(kept: Kept[Variable]) -> VariableOut:
    value = kept.value
    return VariableOut(
        name=value.name, secret=value.secret, value=None if value.secret else value.value,
        description=value.description, by=value.by, updated_at=kept.record.updated_at,
    )  # fmt: skip


@routes.ask("GET", "", Permission.VARIABLE_VIEW)
async def list_variables(
    actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[VariableOut]:
    """Every variable of the workspace."""
    page, following = page_of(await services.vault.variables.all(actor), lambda one: one.value.name, cursor, limit)
    return PageOut(items=[_out(one) for one in page], next=following)


@routes.ask("GET", "/{name}", Permission.VARIABLE_VIEW)
async def show_variable(name: str, response: Response, actor: Asking, services: Services) -> VariableOut:
    """A variable."""
    found = await services.vault.variables.get(actor, name)
    give_etag(response, found.revision)
    return _out(found)


@routes.ask("PUT", "/{name}", Permission.VARIABLE_MANAGE)
async def set_variable(
    name: str, body: VariableIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> VariableOut:
    """Make a variable, or change one. Executions that start from now on see it."""
    found = await services.vault.variables.set(
        actor, name, body.value, given="value" in body.model_fields_set, secret=body.secret,
        description=body.description, expected=expected_revision(if_match),
    )  # fmt: skip
    give_etag(response, found.revision)
    return _out(found)


@routes.ask("DELETE", "/{name}", Permission.VARIABLE_MANAGE, status=204)
async def delete_variable(name: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a variable. What runs keeps what it saw."""
    await services.vault.variables.delete(actor, name, expected_revision(if_match))
