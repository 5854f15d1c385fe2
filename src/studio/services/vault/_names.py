"""Names that workflows call credentials by. Credentials and aliases share them: none stands before another."""

from __future__ import annotations

import unicodedata

from studio.contracts.records import ABSENT, Put
from studio.domain.errors import Conflict, UserError
from studio.services.vault.model import ANY, Named, Vault, name_id
from studio.services.workflows.naming import is_id

_MAX_NAME = 100


def check_name(name: str, param: str = "name") -> str:
    """A name of a credential or an alias, in one form.

    Raises:
        UserError: It is empty, too long, or has the form of an id.
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    bad = any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in name) or "{{" in name
    if not 1 <= len(name) <= _MAX_NAME or bad or is_id(name.casefold()):
        raise UserError("credential.name", "A name has from 1 to {most} characters.", most=_MAX_NAME).at(param=param)
    return name


def claim_name(vault: Vault, workspace: str, name: str, credential: str, by: str) -> Put:
    """The change that makes a name stand for a credential, where it stands for nothing yet."""
    value = Named(name=name, targets={ANY: credential}, by=by)
    return vault.names.put(workspace, name_id(name), value, expected=ABSENT)


async def require_free(vault: Vault, workspace: str, name: str) -> None:
    """Refuse a name that is taken.

    Raises:
        Conflict: A credential or an alias has it.
    """
    if await vault.names.get(workspace, name_id(name)) is not None:
        raise name_taken(name)


def name_taken(name: str) -> Conflict:
    """The error for a name that is taken."""
    taken = Conflict("credential.name_taken", "There is a credential or an alias {name} already.", name=name)
    taken.at(param="name")
    return taken
