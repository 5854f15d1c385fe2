"""lab.flaky."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, ProviderError, UserError


class Flaky(BaseNode):
    """Fail a number of attempts, then succeed."""

    type = "lab.flaky"
    effect = Effect.READ

    class Input(NodeModel):
        failures: int = 0
        kind: str = "transient"
        status: int | None = None
        retry_after: float | None = None

    class Output(NodeModel):
        attempt: int

    examples = (Example(input={}, output={"attempt": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if ctx.attempt <= input.failures:
            if input.kind == "user":
                raise UserError("lab.refused", "Refused on attempt {attempt}.", attempt=ctx.attempt)
            if input.kind == "crash":
                raise RuntimeError("out of luck")
            raise ProviderError(
                "lab.down",
                "Down on attempt {attempt}.",
                attempt=ctx.attempt,
                status=input.status,
                retry_after=input.retry_after,
            )
        return self.Output(attempt=ctx.attempt)
