"""fault.trace."""

from __future__ import annotations

import os
import time

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Trace(BaseNode):
    """Add one, and write the number to a log: a pure node in the engine's eyes, run in place."""

    type = "fault.trace"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int
        log: str

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1, "log": "/dev/null"}, output={"value": 2}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        handle = os.open(input.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{os.getpid()} {input.value}\n".encode())
        finally:
            os.close(handle)
        time.sleep(0.001)
        return self.Output(value=input.value + 1)
