"""lab.caller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from studio.sdk import (
    BaseNode,
    CallFailed,
    Calls,
    Effect,
    Example,
    Json,
    NodeContext,
    NodeModel,
    Param,
    ProviderError,
)


class Caller(BaseNode):
    """Call workflows, one after the other or side by side, and give what came of them."""

    type = "lab.caller"
    effect = Effect.KEYED
    calls = (Calls("workflow", "inputs"), Calls("others"))

    class Input(NodeModel):
        workflow: str
        inputs: dict[str, Json] = Param(default_factory=dict)
        others: list[str] = Param(default_factory=list)
        times: int = 1
        together: bool = False
        all_at_once: bool = False
        catch: bool = False
        failures: int = 0
        limit: float | None = None
        log: str | None = None
        vary: bool = False

    class Output(NodeModel):
        value: Any

    examples = (
        Example(input={"workflow": "double"}, workflows={"double": 42}, output={"value": [42]}),
        Example(input={"workflow": "none"}, error="workflow.unknown"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.log is not None:
            with Path(input.log).open("a") as file:
                file.write("begun\n")
        names = [input.workflow] * input.times + input.others
        if input.all_at_once:
            value: Any = await ctx.call_all([(name, input.inputs) for name in names])
        elif input.together:
            value = await asyncio.gather(*(self._one(name, input, ctx) for name in names))
        else:
            value = [await self._one(name, input, ctx) for name in names]
        if ctx.attempt <= input.failures:
            raise ProviderError("lab.down", "Down on attempt {attempt}.", attempt=ctx.attempt)
        return self.Output(value=value)

    async def _one(self, name: str, input: Input, ctx: NodeContext) -> Any:
        inputs = {**input.inputs, **({"n": ctx.idempotency_key if ctx.recovering else "first"} if input.vary else {})}
        try:
            async with asyncio.timeout(input.limit):
                return await ctx.call(name, inputs)
        except CallFailed as error:
            if not input.catch:
                raise
            return f"{error.code} {error.classification}"
        except TimeoutError:
            return "late"
