"""Routes that take JSON, and the same as an upload: a form with files, or a file as the body."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any
from urllib.parse import unquote

import orjson
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Message

from studio.domain.errors import UserError
from studio.server._asking import needs, permission_of
from studio.services.workflows.files import MAX_FILES
from studio.services.workflows.uploads import uploaded

_JSON = "application/json"
_FORM = "multipart/form-data"
_FILES = (
    "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/zip",
    "application/x-zip-compressed", "application/octet-stream",
)  # fmt: skip
_OPTIONS = ("folder", "existing")
_BYTES: dict[str, Any] = {"type": "string", "contentMediaType": "application/octet-stream"}
_EXISTING: dict[str, Any] = {"type": "string", "enum": ["refuse", "new", "draft"]}
UPLOAD_BODY: dict[str, Any] = {
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "array", "items": _BYTES, "description": "Workflow files, or zips of them."},
                    "folder": {"type": "string"},
                    "existing": _EXISTING,
                },
            }
        },
        "application/yaml": {"schema": {"type": "string"}},
        "application/zip": {"schema": _BYTES},
    }
}
UPLOAD_PARAMETERS: list[dict[str, Any]] = [
    {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
    for name, about, schema in (
        ("name", "Name of the file, where the body is one.", {"type": "string", "maxLength": 500}),
        ("folder", "As in the body, for uploads.", {"type": "string", "maxLength": 64}),
        ("existing", "As in the body, for uploads.", _EXISTING),
    )
]


class _InMemory(MultiPartParser):
    """A parser that writes nothing to the disk: bodies are bounded, and what they hold is nobody else's business."""

    spool_max_size = 2**62


class UploadRoute(APIRoute):
    """Makes JSON of what is uploaded, once it is known that whoever asks may do this at all."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler, which sees JSON."""
        handler = super().get_route_handler()

        async def translated(request: Request) -> Any:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in (_FORM, *_FILES) and not (kind == _JSON and _is_document(await request.body())):
                return await handler(request)
            permission = permission_of(self)
            assert permission is not None
            # The route asks once more who it is; that is one request all the same.
            request.scope["state"]["identified"] = await needs(permission)(request)
            return await handler(_as_json(request, await _given(request, kind)))

        return translated


def _is_document(body: bytes) -> bool:
    """Whether JSON is a workflow by itself, and no list of files."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "studio" in found and "files" not in found


async def _given(request: Request, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = {name: request.query_params[name] for name in _OPTIONS if name in request.query_params}
    if kind == _FORM:
        parts, more = await _parts(request)
        options |= more
    else:
        parts = [(request.query_params.get("name", ""), await request.body())]
    files = await uploaded(parts)
    return {**options, "files": [{"name": one.name, "text": one.text} for one in files]}


async def _parts(request: Request) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
    """Files and fields of a form."""
    body = await request.body()

    async def stream() -> AsyncGenerator[bytes]:
        yield body
        yield b""

    try:
        form = await _InMemory(request.headers, stream(), max_files=MAX_FILES, max_fields=len(_OPTIONS)).parse()
    except MultiPartException as error:
        raise UserError("request.form", "The form cannot be read: {reason}", reason=error.message) from error
    parts: list[tuple[str, bytes]] = []
    options: dict[str, str] = {}
    try:
        for field, value in form.multi_items():
            if isinstance(value, UploadFile):
                parts.append((unquote(value.filename or ""), await value.read()))
            elif field in _OPTIONS:
                options[field] = value
            else:
                raise UserError("request.form_field", "The form has no field {name}.", name=field[:100]).at(
                    param=field[:100]
                )
    finally:
        await form.close()
    return parts, options


def _as_json(request: Request, given: dict[str, Any]) -> Request:
    """The request as if it had come as JSON."""
    body = orjson.dumps(given)
    kept = [one for one in request.scope["headers"] if one[0] not in (b"content-type", b"content-length")]

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [*kept, (b"content-type", _JSON.encode())]
    return Request({**request.scope, "headers": headers}, receive)
