"""Commands that send a message to an execution."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from studio.cli._say import Voice
from studio.cli._terminal import write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import Settings, Studio


def act(settings: Settings, send: Callable[[Studio], Awaitable[str]], voice: Voice, *, as_json: bool) -> int:
    """Send, and say that it is stored and who takes it."""
    from studio.bootstrap import Studio

    async def run() -> tuple[str, bool]:
        async with Studio(settings) as studio:
            await studio.open()
            return await send(studio), studio.driver.is_driven()

    execution_id, driven = asyncio.run(run())
    if as_json:
        write_json({"execution_id": execution_id, "accepted": True, "driven": driven})
    else:
        write(voice.say("cli.accepted_driven" if driven else "cli.accepted_resting", id=execution_id) + "\n")
    return 0
