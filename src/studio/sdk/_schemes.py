"""How a credential is added to a request. Every scheme gives a new request and leaves the old one as it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, urlencode

import msgspec

from studio.contracts.http import HttpRequest
from studio.domain.errors import UserError


class Scheme(Protocol):
    """Adds a credential to a request."""

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """The request with the secret added; a new object.

        Raises:
            UserError: A field that is needed is empty, or cannot stand where it belongs.
        """
        ...


def text_of(data: Mapping[str, Any], name: str) -> str:
    """The text of a field.

    Raises:
        UserError: It is missing or empty.
    """
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise field_missing(name)
    return value


def field_missing(name: str) -> UserError:
    """The error for a field that is needed and empty."""
    return UserError("credential.field_missing", "The credential's field {field} is empty.", field=name)


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    """The request with a header in place of those of the same name.

    Raises:
        UserError: The value cannot stand in a header.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise UserError(
            "credential.control_character", "The value for the header {name} holds a line break or the like.", name=name
        )
    kept = [(key, old) for key, old in request.headers if key.lower() != name.lower()]
    return msgspec.structs.replace(request, headers=[*kept, (name, value)])


@dataclass(frozen=True, slots=True)
class HeaderScheme:
    """A header with a field's value after ``prefix``: ``Authorization: Bearer <token>``.

    With ``name_field`` the header's name is a field of the credential too.
    """

    name: str = "Authorization"
    field: str = "token"
    prefix: str = ""
    name_field: str | None = None

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """See ``Scheme``."""
        name = text_of(data, self.name_field) if self.name_field else self.name
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise UserError("credential.header_name", "{name} is not the name of a header.", name=name)
        return with_header(request, name, self.prefix + text_of(data, self.field))


@dataclass(frozen=True, slots=True)
class QueryScheme:
    """A parameter of the URL. With ``name_field`` its name is a field of the credential too."""

    name: str = "api_key"
    field: str = "key"
    name_field: str | None = None

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """See ``Scheme``."""
        name = text_of(data, self.name_field) if self.name_field else self.name
        kept = [(key, value) for key, value in request.params if key != name]
        return msgspec.structs.replace(request, params=[*kept, (name, text_of(data, self.field))])


@dataclass(frozen=True, slots=True)
class BodyScheme:
    """A key in a JSON object or a form, whichever the body is. With ``name_field`` its name is a field too."""

    name: str = "api_key"
    field: str = "key"
    name_field: str | None = None

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """See ``Scheme``."""
        name = text_of(data, self.name_field) if self.name_field else self.name
        value = text_of(data, self.field)
        kind = next((value for key, value in request.headers if key.lower() == "content-type"), "").partition(";")[0]
        body = request.body or b""
        if kind == "application/x-www-form-urlencoded":
            pairs = [pair for pair in parse_qsl(body.decode(), keep_blank_values=True) if pair[0] != name]
            return msgspec.structs.replace(request, body=urlencode([*pairs, (name, value)]).encode())
        try:
            content: object = json.loads(body or b"{}")
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise UserError(
                "credential.body_kind",
                "The credential belongs into the body, so the body must be a form or a JSON object.",
            )
        fields = {**cast("dict[str, Any]", content), name: value}
        changed = msgspec.structs.replace(request, body=json.dumps(fields, ensure_ascii=False).encode())
        return changed if kind else with_header(changed, "Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class BasicScheme:
    """User name and password as RFC 7617 has it, in UTF-8."""

    user: str = "user"
    password: str = "password"  # noqa: S105 - the name of the field

    def apply(self, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
        """See ``Scheme``."""
        user, password = text_of(data, self.user), str(data.get(self.password) or "")
        if ":" in user:
            raise UserError("credential.user_colon", "A user name for basic authentication cannot hold a colon.")
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        return with_header(request, "Authorization", f"Basic {token}")
