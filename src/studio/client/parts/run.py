"""The API of run. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from typing import Any

from studio.client.transport import Part


class RunPart(Part):
    """Operations on run."""

    async def run_workflow_by_get(
        self, workflow: str, *, wait: float | None = None, idempotency_key: str | None = None
    ) -> Any:
        """Run a workflow that needs no inputs, with a key that allows GET."""
        return await self.ask(
            "GET", f"/run/{self.quote(workflow)}", query={"wait": wait}, headers={"Idempotency-Key": idempotency_key}
        )

    async def run_workflow(
        self, workflow: str, body: dict[str, Any], *, wait: float | None = None, idempotency_key: str | None = None
    ) -> Any:
        """Run the published version with the inputs in the body, and answer with its output.

        Where it takes longer than `wait` the answer is 202 with the execution's id. The same request with
        the same
        `Idempotency-Key` waits for that execution again. A failed execution answers with a problem: 422
        where the inputs
        were to blame, 502 or 503 where another system was, else 500.
        """
        return await self.ask(
            "POST",
            f"/run/{self.quote(workflow)}",
            query={"wait": wait},
            headers={"Idempotency-Key": idempotency_key},
            json=body,
        )
