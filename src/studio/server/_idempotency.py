"""Idempotency keys of requests that make something; ``Routes.ask`` says which those are.

With the header ``Idempotency-Key`` a good answer is kept for a day, and the same request gets it again instead of doing
its work again. What was refused did nothing, so its key can be used again. Fields of the answer that are shown once
(``ShownOnce``) are not kept: a repetition has null there. Starts of executions have their own way, in the same
transaction as the execution.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from studio.domain.errors import StorageError, StudioError, UserError
from studio.server._asking import needs, permission_of
from studio.server._behind import platform_of
from studio.server._models import shown_once
from studio.services.gateway.repeating import Answer, Repeats

HEADER = "Idempotency-Key"
_LONGEST = 200
_KEPT_HEADERS = ("etag", "location", "content-type")
PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the same answer for a day, and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST},
}
_Handler = Callable[[Request], Awaitable[Response]]


class IdempotentRoute(APIRoute):
    """A route that takes idempotency keys."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler, asked only where there is no answer yet."""
        handler = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            return await handler(request) if key is None else await self._once(request, key, handler)

        return once

    async def _once(self, request: Request, key: str, handler: _Handler) -> Response:
        if not 1 <= len(key) <= _LONGEST:
            raise UserError(
                "request.idempotency_key", "An Idempotency-Key has from 1 to {most} characters.", most=_LONGEST
            ).at(param=HEADER)
        permission = permission_of(self)
        assert permission is not None
        actor = await needs(permission)(request)
        # The route asks once more who it is; that this is one request must not count as two.
        request.scope["state"]["identified"] = actor
        repeats: Repeats = platform_of(request).gateway.repeats
        address = f"{request.method} {request.url.path}?{request.url.query}"
        id, known = await repeats.begin(actor, address, key, await request.body())
        if known is not None:
            return Response(known.body, known.status, headers={**known.headers, "idempotent-replayed": "true"})
        try:
            response = await handler(request)
        except (StudioError, RequestValidationError, HTTPException) as error:
            # Of what storage did not confirm nobody knows whether it is there.
            if not isinstance(error, StorageError):
                await repeats.forget(actor, id)
            raise
        if response.status_code >= 300:
            await repeats.forget(actor, id)
        else:
            await repeats.end(actor, id, self._kept(response))
        return response

    def _kept(self, response: Response) -> Answer:
        body = bytes(response.body)
        once = shown_once(self.response_model)
        if once and body:
            body = orjson.dumps({**orjson.loads(body), **dict.fromkeys(once)})
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        return Answer(request=b"", status=response.status_code, headers=headers, body=body)
