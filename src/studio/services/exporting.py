"""An execution with everything known about it, as plain JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.engine import History
from studio.services.values import present

_ENCODED = ("inputs", "vars", "event")


async def exported(history: History) -> dict[str, Any]:
    """Facts, what was accepted, events, outputs and errors of an execution."""
    return {
        "execution": msgspec.to_builtins(history.row),
        "result": {
            **msgspec.to_builtins(msgspec.structs.replace(history.result, output=None)),
            "output": await present(history.result.output),
        },
        "accepted": await _accepted(history),
        "events": [msgspec.to_builtins(event) for event in history.events()],
        "outputs": {path: await present(value) for path, value in (await history.outputs()).items()},
        "errors": history.errors(),
    }


async def _accepted(history: History) -> dict[str, Any]:
    """What was accepted, its values decoded."""
    shown: dict[str, Any] = {}
    for name, value in history.start.items():
        if name in _ENCODED:
            shown[name] = await present(await history.values.decode(tuple(value)))
        elif name != "memory":
            shown[name] = value
    return shown
