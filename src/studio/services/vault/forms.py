"""Credential types: their forms in a language, and what of a credential is secret, plain, or decides where it goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from studio.catalog import Catalog, PackFacts
from studio.contracts.http import HttpRequest
from studio.contracts.secrets import CredentialForm, FormField, SecretRef, TokenScheme
from studio.domain.errors import StudioError, UserError

_LOG = logging.getLogger("studio.vault")
REFERENCE = "$secret"
_TOKEN_FIELDS = ("access_token", "refresh_token", "expires_at")
CLIENT_FIELDS = ("client_id", "client_secret", "token_url", "authorize_url", "revoke_url")
"""What a registered client brings with it; nobody else may say these where one is used."""


class ShownField(NamedTuple):
    """A field of a form in a language."""

    name: str
    title: str
    help: str
    kind: str
    secret: bool
    required: bool


class ShownType(NamedTuple):
    """A credential type in a language."""

    form: CredentialForm
    title: str
    description: str
    fields: list[ShownField]
    pack: str
    sign_in: bool
    testable: bool


Describe: TypeAlias = Callable[[PackFacts], Awaitable[Mapping[str, CredentialForm]]]
"""The credential types of a private pack, found out without importing it here."""


class Forms:
    """The credential types of the installation. Code of private packs does not run in this process.

    Args:
        catalog: The packs.
        describe: Asked about private packs.
    """

    def __init__(self, catalog: Catalog, describe: Describe) -> None:
        self._catalog = catalog
        self._describe = describe
        self._described: dict[str, asyncio.Task[Mapping[str, CredentialForm]]] = {}

    async def need(self, type_id: str) -> CredentialForm:
        """A type.

        Raises:
            UserError: It is not installed, or its pack cannot be used.
        """
        found: CredentialForm | None = self._catalog.generic_credentials().get(type_id)
        pack = next((one for one in self._catalog.packs() if type_id in one.credentials), None)
        if found is None and pack is not None:
            found = (await self._of(pack)).get(type_id)
        if found is None:
            raise UserError("credential.no_type", "There is no credential type {type}.", type=type_id).at(param="type")
        return found

    async def _of(self, pack: PackFacts) -> Mapping[str, CredentialForm]:
        if not pack.private:
            return self._catalog.pack_credentials(pack)
        task = self._described.get(pack.id)
        if task is None:
            task = self._described[pack.id] = asyncio.ensure_future(self._describe(pack))
        try:
            return await asyncio.shield(task)
        except StudioError:
            self._described.pop(pack.id, None)  # it may be mended
            raise

    async def shown(self, lang: str) -> list[ShownType]:
        """Every type in a language, by title. Those of a pack that cannot be used are left out."""
        types = list(self._catalog.generic_credentials())
        for pack in self._catalog.packs():
            if pack.credentials:
                try:
                    types += await self._of(pack)
                except StudioError as error:
                    _LOG.warning("credential types left out", extra={"pack": pack.id, "error": error.code})
        found = [await self.show(id, lang) for id in types]
        return sorted(found, key=lambda one: (one.title.casefold(), one.form.id))

    async def show(self, type_id: str, lang: str) -> ShownType:
        """A type in a language: what its pack translates, and English elsewhere."""
        form, pack = await self.need(type_id), self._pack(type_id)
        strings = self._catalog.strings(pack or "http")

        def said(what: str, english: str) -> str:
            found = strings.text(f"credential.{form.id}.{what}", lang) if lang != "en" else None
            return found if isinstance(found, str) else english

        fields = [
            ShownField(
                one.name, said(f"{one.name}.title", one.title), said(f"{one.name}.help", one.help), one.kind,
                one.secret, one.required,
            )
            for one in form.fields
        ]  # fmt: skip
        return ShownType(
            form, said("title", form.title), said("description", form.description), fields, pack or "",
            signs_in(form), self.testable(form),
        )  # fmt: skip

    def testable(self, form: CredentialForm) -> bool:
        """Whether there is a test call."""
        return form.test is not None and form.scheme is not None

    def test_request(self, form: CredentialForm) -> HttpRequest:
        """The test call of a type.

        Raises:
            UserError: It has none.
        """
        if form.test is None or form.scheme is None:
            raise UserError("credential.no_test", "Credentials of type {type} cannot be tested.", type=form.id)
        return form.test

    def _pack(self, type_id: str) -> str | None:
        """The pack that a type comes from; None for those that fit any service."""
        return next((one.id for one in self._catalog.packs() if type_id in one.credentials), None)


def token_scheme(form: CredentialForm) -> TokenScheme | None:
    """The scheme of a type whose tokens are renewed."""
    return form.scheme if isinstance(form.scheme, TokenScheme) else None


def signs_in(form: CredentialForm) -> bool:
    """Whether users sign in at a provider for credentials of this type."""
    scheme = token_scheme(form)
    return scheme is not None and scheme.grant == "refresh_token"


def is_secret(form: CredentialForm, name: str) -> bool:
    """Whether a field's value is kept apart and never shown."""
    if name in _TOKEN_FIELDS and token_scheme(form) is not None:
        return True
    return any(field.secret for field in form.fields if field.name == name)


def decides_where(form: CredentialForm, field: FormField) -> bool:
    """Whether a field decides where the secrets go, or how well they are protected on the way."""
    if field.secret:
        return False
    return (
        field.kind == "hosts"
        or field.name == form.host_field
        or field.name.endswith(("url", "host", "endpoint"))
        or field.name in ("port", "tls", "verify", "server", "address")
    )


def reference_in(value: object) -> SecretRef | None:
    """The reference that a field holds, None where it holds none.

    Raises:
        UserError: It is meant as one, and is none.
    """
    if not isinstance(value, Mapping):
        return None
    given = cast("Mapping[str, Any]", value)
    inner = given.get(REFERENCE)
    fields: Mapping[str, Any] = cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}
    store, path, key = fields.get("store"), fields.get("path"), fields.get("key", "")
    good = len(given) == 1 and set(fields) <= {"store", "path", "key"}
    if good and isinstance(store, str) and isinstance(path, str) and isinstance(key, str) and store and path:
        return SecretRef(store=store, path=path, key=key)
    raise UserError(
        "credential.reference", "A reference to a secret has the form {form}.",
        form='{"$secret": {"store": "…", "path": "…", "key": "…"}}',
    )  # fmt: skip


def check_fields(form: CredentialForm, fields: Mapping[str, Any]) -> None:
    """Refuse fields that do not fit the form; a reference stands for a text.

    Raises:
        UserError: A field is missing, unknown or of the wrong kind; no host is named; a field refers that may not.
    """
    known = {field.name: field for field in form.fields}
    stood: dict[str, Any] = {}
    for name, value in fields.items():
        if reference_in(value) is None:
            stood[name] = value
            continue
        if name not in known or not known[name].secret:
            raise UserError(
                "credential.reference_field", "Only secret fields may refer to a secret store; {field} is none.",
                field=name,
            ).at(param=f"fields.{name}")  # fmt: skip
        stood[name] = "-"
    form.check(stood)
