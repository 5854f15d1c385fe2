"""Credential types: their form, the hosts they may go to, and how they get onto a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.contracts.http import HttpRequest
from studio.domain.errors import UserError
from studio.sdk._check import NodeDefinitionError
from studio.sdk._schemes import Scheme

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\Z")
_SPACE = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class CredentialField:
    """A field of the form. ``kind`` is ``text``, ``number``, ``flag`` or ``hosts`` (a list of host names)."""

    name: str
    title: str
    secret: bool = False
    required: bool = True
    kind: str = "text"
    help: str = ""


@dataclass(frozen=True, slots=True)
class CredentialType:
    """What a stored credential consists of and what may be done with it.

    Args:
        id: ``pack.name``.
        title: Name for people.
        fields: The form.
        scheme: How it gets onto an HTTP request; None where it is used by another protocol.
        hosts: Where it may go: ``api.example.org``, ``*.example.org``, ``host:port``. Empty where the user says so, in
            the field of kind ``hosts``.
        host_field: Field with one host (a server's name) that it may go to.
        scopes: Rights that are asked for when a user signs in.
        test: A harmless request that shows whether it works.
        description: One sentence of help.
    """

    id: str
    title: str
    fields: tuple[CredentialField, ...]
    scheme: Scheme | None = None
    hosts: tuple[str, ...] = ()
    host_field: str | None = None
    scopes: tuple[str, ...] = ()
    test: HttpRequest | None = None
    description: str = ""

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        if not _ID.match(self.id):
            raise NodeDefinitionError(f"credential type {self.id!r}: the id must be such as 'slack.token'")
        if len(set(names)) != len(names) or not names:
            raise NodeDefinitionError(f"credential type {self.id}: fields must be given, each with a name of its own")
        if not any(field.secret for field in self.fields):
            raise NodeDefinitionError(f"credential type {self.id}: no field is marked secret")
        for host in self.hosts:
            if not _HOST.match(host):
                raise NodeDefinitionError(f"credential type {self.id}: {host!r} is not a host or *.domain")
        if self.host_field is not None and self.host_field not in names:
            raise NodeDefinitionError(f"credential type {self.id}: there is no field {self.host_field!r}")
        if not self.hosts and self.host_field is None and not any(field.kind == "hosts" for field in self.fields):
            raise NodeDefinitionError(f"credential type {self.id}: nothing says to which hosts it may go")

    def hosts_for(self, data: Mapping[str, Any]) -> Sequence[str]:
        """Hosts that a credential with these fields may go to; none where it names none."""
        if self.hosts:
            return self.hosts
        found: list[str] = []
        for field in self.fields:
            value = data.get(field.name)
            if field.kind == "hosts" and isinstance(value, str | list | tuple):
                found.extend(_SPACE.split(value.strip()) if isinstance(value, str) else [str(one) for one in value])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON from the store
            elif field.name == self.host_field and isinstance(value, str):
                found.append(value)
        return [host.lower() for host in found if _HOST.match(host.lower())]

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """The request with the secret added; a new object. Whether it may go to that host is checked before.

        Raises:
            UserError: It is not meant for HTTP, or a field is empty or cannot be used.
        """
        if self.scheme is None:
            raise UserError("credential.not_http", "Credentials of type {type} are not for HTTP.", type=self.id)
        return self.scheme.apply(request, data)

    def check(self, data: Mapping[str, Any]) -> None:
        """Refuse fields that do not fit the form.

        Raises:
            UserError: A field is missing, unknown or of the wrong kind; or no host is named.
        """
        known = {field.name for field in self.fields}
        for name in data:
            if name not in known:
                raise UserError(
                    "credential.field_unknown",
                    "A credential of type {type} has no field {field}; it has {known}.",
                    type=self.id,
                    field=name,
                    known=", ".join(sorted(known)),
                )
        for field in self.fields:
            value = data.get(field.name)
            if field.required and value in (None, "", []):
                raise UserError(
                    "credential.field_missing", "The credential's field {field} is empty.", field=field.name
                )
            if value is not None and not isinstance(value, _KINDS[field.kind]):
                raise UserError(
                    "credential.field_kind",
                    "The credential's field {field} must be of kind {kind}.",
                    field=field.name,
                    kind=field.kind,
                )
        if not self.hosts_for(data):
            raise UserError("credential.no_host", "The credential names no host that it may be sent to.")

    def secrets(self, data: Mapping[str, Any]) -> list[str]:
        """Values that must never be shown."""
        return [str(data[field.name]) for field in self.fields if field.secret and data.get(field.name)]

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the form."""
        return {
            "type": "object",
            "title": self.title,
            "description": self.description,
            "additionalProperties": False,
            "required": [field.name for field in self.fields if field.required],
            "properties": {field.name: _field_schema(field) for field in self.fields},
            "x-hosts": list(self.hosts),
            "x-scopes": list(self.scopes),
        }


_KINDS: dict[str, Any] = {"text": str, "number": (int, float), "flag": bool, "hosts": (str, list)}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "hosts": {"type": "array", "items": {"type": "string"}},
}


def _field_schema(field: CredentialField) -> dict[str, Any]:
    out = {**_SCHEMAS[field.kind], "title": field.title}
    if field.help:
        out["description"] = field.help
    if field.secret:
        out["x-secret"] = True
    return out
