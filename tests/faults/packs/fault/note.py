"""fault.note."""

from __future__ import annotations

import asyncio
import os

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, ProviderError


def write_line(path: str, line: str) -> None:
    """Append a line with one system call, which a kill of the process cannot cut in two."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


class Note(BaseNode):
    """Write a line to a log when the node really runs, then give the value, or text of so many random bytes."""

    type = "fault.note"
    effect = Effect.IRREVERSIBLE

    class Input(NodeModel):
        log: str
        value: Json = None
        effect: Effect = Effect.READ
        seconds: float = 0
        after: float = 0
        failures: int = 0
        noise: int = 0

    class Output(NodeModel):
        value: Json
        key: str

    examples = (Example(input={"log": "/dev/null", "value": 1}, output={"value": 1}),)

    def effect_of(self, input: Input) -> Effect:
        return input.effect

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        await asyncio.sleep(input.seconds)
        entry = (ctx.execution_id, ctx.path, ctx.idempotency_key, str(ctx.attempt), str(input.effect), str(os.getpid()))
        write_line(input.log, " ".join(entry) + "\n")
        await asyncio.sleep(input.after)
        if ctx.attempt <= input.failures:
            raise ProviderError("fault.down", "Down on attempt {attempt}.", attempt=ctx.attempt)
        if input.noise:
            return self.Output(value=os.urandom(input.noise).hex(), key=ctx.idempotency_key)
        return self.Output(value=input.value, key=ctx.idempotency_key)
