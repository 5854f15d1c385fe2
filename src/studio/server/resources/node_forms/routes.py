"""Forms of nodes: what depends on what is filled in, and the choices of params."""

from __future__ import annotations

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.node_forms.schemas import (
    NodeFormIn,
    NodeFormOut,
    NodeOptionOut,
    NodeOptionsIn,
    NodeOptionsOut,
)

routes = Routes("/nodes", "nodes")


@routes.ask("POST", "/{type}/form", Permission.NODE_VIEW)
async def show_node_form(type: str, body: NodeFormIn, services: Services) -> NodeFormOut:
    """The form of a node type with what is filled in, where params or output depend on it (the columns of a sheet)."""
    form = await services.forms.form(type, body.params)
    return NodeFormOut(params=form.params, output=form.output)


@routes.ask("POST", "/{type}/options", Permission.WORKFLOW_EDIT)
async def list_node_options(type: str, body: NodeOptionsIn, actor: Asking, services: Services) -> NodeOptionsOut:
    """The choices for a param, as the node's service gives them to the chosen credential."""
    found, following = await services.forms.choices(
        actor, type, body.param, params=body.params, credential=body.credential, search=body.search, page=body.page,
        limit=body.limit,
    )  # fmt: skip
    items = [NodeOptionOut(value=one.value, label=one.label, help=one.help) for one in found]
    return NodeOptionsOut(items=items, next=following)
