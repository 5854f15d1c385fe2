"""fault.hold."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Hold(BaseNode):
    """Say in a log when the node begins, and what it saw: a file, for which it waits, or that it was told to stop."""

    type = "fault.hold"
    effect = Effect.READ

    class Input(NodeModel):
        log: str
        file: str
        block: bool = False

    class Output(NodeModel):
        pid: int

    examples = (Example(input={"log": "/dev/null", "file": "/dev/null"}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        say(input.log, "begins")
        try:
            while not Path(input.file).exists():
                if input.block:
                    time.sleep(0.01)
                else:
                    await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            say(input.log, "stopped")
            raise
        say(input.log, "seen")
        return self.Output(pid=os.getpid())


def say(path: str, word: str) -> None:
    """A line with the process's id."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{word} {os.getpid()}\n".encode())
    finally:
        os.close(handle)
