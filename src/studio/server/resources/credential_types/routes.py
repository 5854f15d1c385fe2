"""Credential types and their forms."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import Permission
from studio.domain.errors import NotFound, UserError
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.credential_types.schemas import CredentialTypeOut, CredentialTypesOut, FormFieldOut
from studio.services._collection import Kept
from studio.services.vault.forms import ShownType
from studio.services.vault.model import OAuthClient

routes = Routes("/credential-types", "credentials")


def _out(shown: ShownType, clients: Sequence[Kept[OAuthClient]]) -> CredentialTypeOut:
    return CredentialTypeOut(
        id=shown.form.id, title=shown.title, description=shown.description, pack=shown.pack or None,
        fields=[FormFieldOut.model_validate(one._asdict()) for one in shown.fields], hosts=list(shown.form.hosts),
        scopes=list(shown.form.scopes), sign_in=shown.sign_in, testable=shown.testable,
        clients=[one.id for one in clients if one.value.type == shown.form.id],
    )  # fmt: skip


@routes.ask("GET", "", Permission.CREDENTIAL_VIEW)
async def list_credential_types(actor: Asking, services: Services) -> CredentialTypesOut:
    """Every credential type, in the language asked for."""
    clients = await services.vault.clients.all()
    return CredentialTypesOut(items=[_out(one, clients) for one in await services.vault.forms.shown(actor.lang)])


@routes.ask("GET", "/{type}", Permission.CREDENTIAL_VIEW)
async def show_credential_type(type: str, actor: Asking, services: Services) -> CredentialTypeOut:
    """A credential type, in the language asked for."""
    try:
        shown = await services.vault.forms.show(type, actor.lang)
    except UserError as error:
        raise NotFound("credential.no_type", "There is no credential type {type}.", type=type) from error
    return _out(shown, await services.vault.clients.all())
