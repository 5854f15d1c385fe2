"""The first start: one link, one account."""

from __future__ import annotations

from fastapi import Request, Response

from studio.domain.access import Permission
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.session.routes import begin_browser_session
from studio.server.resources.session.schemas import SessionOut
from studio.server.resources.setup.schemas import SetupIn, SetupState

routes = Routes("/setup", "setup")


@routes.ask("GET", "", Permission.PUBLIC)
async def setup_state(services: Services) -> SetupState:
    """Whether Studio has been set up."""
    return SetupState(done=await services.accounts.is_set_up())


@routes.ask("POST", "", Permission.PUBLIC, status=201)
async def set_up(body: SetupIn, request: Request, response: Response, asking: Asking, services: Services) -> SessionOut:
    """Make the first account with the secret of the set-up link, and sign it in."""
    account = await services.accounts.set_up(
        body.secret, email=body.email, name=body.name, password=body.password, asking=asking
    )
    await services.workflows.samples.try_install(DEFAULT_WORKSPACE, account.id)
    signed_in = await services.sessions.begin(account, asking=asking, browser=True, way="set-up")
    return await begin_browser_session(signed_in, request, response, services)
