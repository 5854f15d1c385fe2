"""Credential types of private packs: described in a process of their own, made again from the description.

A private pack is somebody's code, which does not run where the vault is open. ``describe`` is called in a process that
can be killed and has no network; what comes back is plain data, and nothing of it is trusted before it fits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import msgspec

from studio.catalog._load import pack_credentials
from studio.contracts.http import HttpRequest
from studio.domain.errors import UserError
from studio.sdk import (
    AwsScheme,
    BasicScheme,
    BodyScheme,
    CredentialField,
    CredentialType,
    HeaderScheme,
    NodeDefinitionError,
    OAuth2Scheme,
    QueryScheme,
)

_SCHEMES: dict[str, type[Any]] = {
    one.__name__: one for one in (AwsScheme, BasicScheme, BodyScheme, HeaderScheme, OAuth2Scheme, QueryScheme)
}
_OWN = "own"


Applied: TypeAlias = Callable[[str, HttpRequest, Mapping[str, Any]], Awaitable[HttpRequest]]
"""Asks the pack, in its process, for a request with a credential of a type."""


@dataclasses.dataclass(frozen=True, slots=True)
class OwnScheme:
    """Stands for a scheme that is the pack's own code. What that makes of a request goes to the same place."""

    type: str
    applied: Applied

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> Any:
        """The request with the secret added, later."""
        return self._later(request, data)

    async def _later(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        found = await self.applied(self.type, request, data)
        before, after = urlsplit(request.url), urlsplit(found.url)
        if (before.scheme, before.netloc, request.method) != (after.scheme, after.netloc, found.method):
            raise UserError(
                "credential.elsewhere", "The credential type {type} would send the request elsewhere.", type=self.type
            )
        return msgspec.structs.replace(request, url=found.url, params=found.params, headers=found.headers,
                                       body=found.body)  # fmt: skip


class _Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    secret: bool
    required: bool
    kind: str
    help: str


class _Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: str
    fields: list[_Field]
    hosts: list[str]
    host_field: str | None
    scopes: list[str]
    description: str
    test: HttpRequest | None
    scheme: tuple[str, dict[str, Any]] | None


def describe(id: str, module: str, folder: str, named: Sequence[str]) -> list[dict[str, Any]]:
    """The credential types of a pack as plain data. Imports the pack: to be called in another process.

    Raises:
        UserError: They cannot be used.
    """
    return [
        {
            "id": one.id, "title": one.title, "fields": [dataclasses.asdict(field) for field in one.fields],
            "hosts": list(one.hosts), "host_field": one.host_field, "scopes": list(one.scopes),
            "description": one.description, "test": None if one.test is None else msgspec.to_builtins(one.test),
            "scheme": _described(one.scheme),
        }
        for one in pack_credentials(id, module, folder, named).values()
    ]  # fmt: skip


def _described(scheme: object) -> list[Any] | None:
    if scheme is None:
        return None
    if _SCHEMES.get(type(scheme).__name__) is type(scheme):
        return [type(scheme).__name__, dataclasses.asdict(scheme)]  # pyright: ignore[reportArgumentType] - it is one
    return [_OWN, {}]


def rebuilt(id: str, described: object, named: Sequence[str], applied: Applied) -> dict[str, CredentialType]:
    """Credential types from what ``describe`` gave. ``applied`` asks those whose scheme is the pack's own code.

    Raises:
        UserError: It does not fit.
    """
    try:
        found = {one.id: _made(one, applied) for one in msgspec.convert(described, list[_Described])}
        if set(found) != set(named):
            raise NodeDefinitionError("they are not those that the manifest names")
    except (msgspec.ValidationError, NodeDefinitionError, TypeError, KeyError) as error:
        raise UserError(
            "catalog.broken_credentials", "The credential types of the pack {pack} cannot be used: {reason}",
            pack=id, reason=str(error),
        ) from error  # fmt: skip
    return found


def _made(one: _Described, applied: Applied) -> CredentialType:
    scheme: Any = None
    if one.scheme is not None:
        name, fields = one.scheme
        scheme = OwnScheme(one.id, applied) if name == _OWN else msgspec.convert(fields, _SCHEMES[name])
    return CredentialType(
        one.id, one.title,
        tuple(CredentialField(it.name, it.title, it.secret, it.required, it.kind, it.help) for it in one.fields),
        scheme, tuple(one.hosts), one.host_field, tuple(one.scopes), one.test, one.description,
    )  # fmt: skip
