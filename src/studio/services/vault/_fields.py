"""The fields of a credential: which are kept apart, and what a change of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from studio.contracts.secrets import CredentialForm
from studio.domain.errors import UserError
from studio.services.vault.forms import CLIENT_FIELDS, check_fields, decides_where, is_secret, reference_in
from studio.services.vault.model import OAuthClient

_LONGEST = 64 * 1024


class Fields(NamedTuple):
    """Fields in their two halves; ``filled`` names the secret ones, each with its reference where it is one."""

    plain: dict[str, Any]
    secret: dict[str, Any]
    filled: dict[str, dict[str, str] | None]


def split(form: CredentialForm, fields: Mapping[str, Any]) -> Fields:
    """Sort fields into plain and secret ones."""
    plain = {name: value for name, value in fields.items() if not is_secret(form, name)}
    secret = {name: value for name, value in fields.items() if is_secret(form, name)}
    filled: dict[str, dict[str, str] | None] = {}
    for field in form.fields:
        if field.secret and secret.get(field.name) not in (None, ""):
            reference = reference_in(secret[field.name])
            filled[field.name] = None if reference is None else msgspec.to_builtins(reference)
    return Fields(plain, secret, filled)


def checked(form: CredentialForm, given: Mapping[str, Any], client: OAuthClient | None) -> Fields:
    """Fields as somebody gave them, in their halves.

    Raises:
        UserError: They do not fit the form, are too long, or say what the registered client says.
    """
    fields = {name: value for name, value in given.items() if value not in (None, "")}
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            raise UserError(
                "credential.field_long", "The field {field} is longer than {most} characters.", field=name,
                most=_LONGEST,
            ).at(param=f"fields.{name}")  # fmt: skip
        if client is not None and name in CLIENT_FIELDS:
            raise UserError(
                "credential.field_of_client", "{field} is that of the registered client; leave it out.", field=name
            ).at(param=f"fields.{name}")
    check_fields(form, {**fields, **(client_fields(form, client) if client is not None else {})})
    return split(form, fields)


def changed(
    form: CredentialForm,
    before: Fields,
    given: Mapping[str, Any],
    client: OAuthClient | None,
    *,
    other_client: bool,
) -> Fields:
    """Fields after a change. What is not given stays, and null empties a field.

    Where it changes to where the secrets go, all of them must be given again: who may change a credential without
    knowing its secrets must not have them sent to a place of their own.

    Raises:
        UserError: The fields do not fit the form, or secrets have to be given again.
    """
    merged = {**before.plain, **before.secret, **given}
    after = checked(form, merged, client)
    moved = other_client or any(
        decides_where(form, field) and before.plain.get(field.name) != after.plain.get(field.name)
        for field in form.fields
    )
    if not moved:
        return after
    missing = [name for name in before.filled if name not in given and name not in ("access_token", "refresh_token")]
    if missing:
        raise UserError(
            "credential.secrets_again", "This changes to where the credential is sent. Enter {fields} again with it.",
            fields=", ".join(missing),
        ).at(param=f"fields.{missing[0]}")  # fmt: skip
    # Tokens are of the old place. Only what came with this change goes to the new one.
    kept = {name: value for name, value in after.secret.items() if name in given}
    return split(form, {**after.plain, **kept})


def client_fields(form: CredentialForm, client: OAuthClient) -> dict[str, Any]:
    """What a registered client brings to a credential's fields; only what the form has."""
    known = {field.name for field in form.fields}
    brought = {name: getattr(client, name) for name in CLIENT_FIELDS if getattr(client, name)}
    return {name: value for name, value in brought.items() if name in known}
