"""What every operation has in common, said in the API's description: sign-in, headers, failures, examples.

Routes say what is their own. Examples are made from the examples of the fields, so that they cannot be forgotten.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson
from fastapi import FastAPI, Request, Response
from starlette.routing import Route

from studio.server._failures import EVERYWHERE, MEDIA_TYPE, PROBLEMS, failure

Schema = dict[str, Any]
_JSON = "application/json"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})

ABOUT = """
Everything that Studio's own interface and command line do goes through this API.

- **Sign-in**: `Authorization: Bearer …` with an API key or a session's token; browsers have a cookie, and send
  `X-CSRF-Token` with what changes something. `Studio-Workspace` chooses among several workspaces.
- **Failures** are problem details (RFC 9457) with a stable `code`; `detail` is in the language of `Accept-Language`.
  `x-error-codes` of an operation lists by status the codes that it answers with, as far as they are known beforehand;
  at the top of this description stand those that any operation may answer with.
- **Lists** give `items` and `next`; `next` is the `cursor` of the page that follows, `limit` the size of a page.
- **Revisions**: what can be edited has an `ETag`; with `If-Match` a change of an older revision is refused with 412.
- **Repetition**: with `Idempotency-Key` a request that makes something does it once, however often it is sent.
- **Limits**: `RateLimit-*` tell of the nearest one; 429 and 503 say in `Retry-After` when another attempt is worth it.
"""

_HEADERS: dict[str, Schema] = {
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}, "example": 1200},
    "RateLimit-Remaining": {"description": "How many are left.", "schema": {"type": "integer"}, "example": 1199},
    "RateLimit-Reset": {"description": "Seconds until all are.", "schema": {"type": "integer"}, "example": 1},
    "X-Request-Id": {
        "description": "Id of the request, as in the logs.", "schema": {"type": "string"},
        "example": "01m8h9rts8w6yk3d1g5v0qeb2n",
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 5},
    "ETag": {"description": "The revision, for `If-Match`.", "schema": {"type": "string"}, "example": '"3"'},
    "Idempotent-Replayed": {
        "description": "`true` where this answer was given before.", "schema": {"type": "string"}, "example": "true",
    },
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}, "example": "Bearer"},
}  # fmt: skip

_CODES = Path(__file__).with_name("error_codes.json")
"""Written by ``tools/error_codes.py``."""


def describe(app: FastAPI, address: str) -> None:
    """Let the app know its whole description, and answer with it at an address.

    It is made once, when somebody first asks for it, and in a thread: it takes seconds of a busy machine, and anybody
    may ask. After that its bytes are at hand.
    """
    made = app.openapi
    lock = threading.Lock()
    rendered: list[bytes] = []

    def whole() -> Schema:
        with lock:
            return made() if app.openapi_schema is not None else complete(made())

    def written() -> bytes:
        document = whole()
        with lock:
            if not rendered:
                rendered.append(orjson.dumps(document))
            return rendered[0]

    async def answer(_request: Request) -> Response:
        body = rendered[0] if rendered else await asyncio.to_thread(written)
        return Response(body, media_type=_JSON)

    app.openapi = whole
    app.router.routes.append(Route(address, answer))


def complete(document: Schema) -> Schema:
    """The description with what all operations have in common."""
    document["info"]["description"] = ABOUT.strip()
    parts = document.setdefault("components", {})
    parts["headers"] = _HEADERS
    parts["responses"] = {status: failure(status) for status in PROBLEMS}
    parts["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or the token of a session."},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "studio_session",
            "description": "Of a browser. Over TLS its name is `__Host-studio_session`.",
        },
    }
    document["security"] = [{"bearer": []}, {"cookie": []}]
    codes: Schema = orjson.loads(_CODES.read_bytes())
    document["x-error-codes"] = codes["common"]
    for operation in _operations(document):
        operation["x-error-codes"] = own = codes["operations"].get(operation["operationId"], {})
        for status in own:
            operation["responses"].setdefault(status, {"description": "Problem"})
        _complete(operation, parts["schemas"])
    return document


def _operations(document: Schema) -> Iterator[Schema]:
    for item in document["paths"].values():
        for method, operation in item.items():
            if method in _METHODS:
                yield operation


def _complete(operation: Schema, schemas: Mapping[str, Schema]) -> None:
    names = {param["name"] for param in operation.get("parameters", ())}
    if "requestBody" in operation or "Idempotency-Key" in names:  # what a body is awaited for
        operation["responses"]["408"] = {"description": "Problem"}
    for status, response in operation["responses"].items():
        if status in PROBLEMS and list(response.get("content", {})) in ([], [MEDIA_TYPE], [MEDIA_TYPE, _JSON]):
            operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
            continue
        if status in PROBLEMS:  # a page for people stands beside the problem
            told = failure(status)
            response |= {**told, "content": {**response["content"], **told["content"]}}
            continue
        headers = response.setdefault("headers", {})
        wanted: list[str] = list(EVERYWHERE)
        if status.startswith("2") and "If-Match" in names and status != "204":
            wanted.append("ETag")
        if status.startswith("2") and "Idempotency-Key" in names:
            wanted.append("Idempotent-Replayed")
        for name in wanted:
            headers.setdefault(name, {"$ref": f"#/components/headers/{name}"})
        if status.startswith("2"):
            _add_example(response.get("content", {}), schemas)
    _add_example(operation.get("requestBody", {}).get("content", {}), schemas)


def _add_example(content: Schema, schemas: Mapping[str, Schema]) -> None:
    if _JSON in content and "schema" in content[_JSON] and not {"example", "examples"} & content[_JSON].keys():
        content[_JSON]["example"] = example(content[_JSON]["schema"], schemas)


_BY_NAME = {
    "id": "01m8h9rts8w6yk3d1g5v0qeb2n", "workflow": "01m8h9rts8w6yk3d1g5v0qeb2n", "key": "greeting", "name": "Greeting",
    "owner": "01m8h9v3c5d0x1y2z3a4b5c6d7", "account": "01m8h9v3c5d0x1y2z3a4b5c6d7", "email": "ada@example.org",
    "workspace": "default", "next": None, "status": "succeeded", "password": "correct horse battery",
}  # fmt: skip
"""Examples of fields that have none of their own but are everywhere."""


def example(schema: Schema, schemas: Mapping[str, Schema], *, name: str = "", within: tuple[str, ...] = ()) -> Any:
    """A value that fits a schema, made from the examples of its fields.

    Args:
        schema: The schema.
        schemas: Those that references lead to.
        name: Of the field that it is for.
        within: References that lead here, which are not followed again.
    """
    if "$ref" in schema:
        return example(schemas[_named(schema)], schemas, name=name, within=(*within, _named(schema)))
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("example", "const", "default"):
        # A default that only stands for what is left out need not be a value that may be given.
        if key in schema and not (schema[key] == "" and schema.get("minLength")):
            return schema[key]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            fits = [one for one in schema[key] if _named(one) not in within]
            chosen = next((one for one in fits if one.get("type") != "null"), fits[0])
            return example(chosen, schemas, name=name, within=within)
    return _of_type(schema, schemas, name, within)


def _named(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _of_type(schema: Schema, schemas: Mapping[str, Schema], name: str, within: tuple[str, ...]) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        fields = cast("dict[str, Schema]", schema.get("properties", {}))
        return {key: example(one, schemas, name=key, within=within) for key, one in fields.items()}
    if "prefixItems" in schema:
        return [example(one, schemas, name=name, within=within) for one in schema["prefixItems"]]
    if kind == "array":
        inner = cast("Schema", schema.get("items", {}))
        if _named(inner) in within:
            return []
        return [example(inner, schemas, name=name, within=within)] * max(1, schema.get("minItems", 0))
    if kind in ("integer", "number"):
        return min(max(1, schema.get("minimum", 1)), schema.get("maximum", 10**9))
    if kind == "boolean":
        return True
    if kind == "string":
        return _text(schema, name)
    return None if kind == "null" else _BY_NAME.get(name, "…")


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") == "date-time":
        return "2026-03-01T08:00:00.000Z"
    if schema.get("format") == "uri":
        return "https://studio.example.org/"
    found = _BY_NAME.get(name)
    text = found if isinstance(found, str) else name or "text"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 1000)]
