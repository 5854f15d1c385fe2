"""The gateway: running published workflows from outside."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Annotated, Any, cast

import orjson
from fastapi import Header, Query, Request
from fastapi.responses import Response

from studio.domain.access import Actor, Permission
from studio.domain.errors import UserError
from studio.domain.status import ExecutionStatus
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.run.outputs import output_response
from studio.server.resources.run.schemas import BODY, OUTPUT, GoesOnOut
from studio.services._strict_json import read_strictly
from studio.services.executing.starting import MOST_WAITED
from studio.services.platform import Platform

routes = Routes("/run", "run")

Wait = Annotated[
    float,
    Query(ge=0, le=MOST_WAITED, description="Seconds to wait for the result; 0 answers at once."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Makes a repetition harmless."),
]
GOES_ON: dict[int | str, dict[str, Any]] = {202: {"description": "It goes on.", "model": GoesOnOut}}


@routes.ask(
    "POST", "/{workflow}", Permission.WORKFLOW_EXECUTE, responses={**OUTPUT, **GOES_ON}, response_model=None,
    openapi_extra={"requestBody": BODY},
)  # fmt: skip
async def run_workflow(
    workflow: str,
    request: Request,
    actor: Asking,
    services: Services,
    wait: Wait = 30.0,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Run the published version with the inputs in the body, and answer with its output.

    Where it takes longer than `wait` the answer is 202 with the execution's id. The same request with the same
    `Idempotency-Key` waits for that execution again. A failed execution answers with a problem: 422 where the inputs
    were to blame, 502 or 503 where another system was, else 500.
    """
    return await _run(services, actor, request, workflow, _inputs(await request.body()), wait, idempotency_key)


@routes.ask("GET", "/{workflow}", Permission.WORKFLOW_EXECUTE, responses={**OUTPUT, **GOES_ON}, response_model=None)
async def run_workflow_by_get(
    workflow: str,
    request: Request,
    actor: Asking,
    services: Services,
    wait: Wait = 30.0,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Run a workflow that needs no inputs, with a key that allows GET."""
    await services.gateway.running.require_get(actor, workflow)
    return await _run(services, actor, request, workflow, {}, wait, idempotency_key)


async def _run(
    services: Platform,
    actor: Actor,
    request: Request,
    workflow: str,
    inputs: dict[str, Any],
    wait: float,
    idempotency_key: str | None,
) -> Response:
    ran = await services.gateway.running.run(actor, workflow, inputs, wait=wait, idempotency_key=idempotency_key)
    headers = {"studio-execution": ran.execution, "location": f"/api/v1/executions/{ran.execution}"}
    if ran.status is not ExecutionStatus.SUCCEEDED:
        body = orjson.dumps({"execution": ran.execution, "status": str(ran.status)})
        return Response(body, 202, media_type="application/json", headers=headers)
    accept = request.headers.get("accept", "")
    return await output_response(services, actor.workspace, ran, headers, accept=accept)


def _inputs(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = read_strictly(body)
    except JSONDecodeError as error:
        raise UserError("gateway.not_json", "The body is not JSON: {reason}", reason=str(error)) from error
    if not isinstance(found, dict):
        raise UserError("gateway.not_object", "The body must be an object: inputs by name.")
    return cast("dict[str, Any]", found)
