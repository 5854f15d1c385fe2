"""``flow.try``: body, catch and finally."""

from __future__ import annotations

import asyncio
from typing import Any

from studio.domain.errors import StorageError
from studio.engine import records as r
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.failures import Stop, as_error, error_facts, error_from_facts
from studio.engine.frame import Frame, Scope


@executor("try")
async def run_try(activity: Activity) -> Outcome:
    """Body; on its failure catch; finally in any case, also where the execution is cancelled."""
    try:
        output, error = await _guarded(activity)
    except asyncio.CancelledError:
        if not (activity.run.detaching or activity.run.parking):
            await _finally(activity)
        raise
    except StorageError:
        raise
    except Exception:
        await _finally(activity)
        raise
    await _finally(activity)
    return {"output": output, "error": error}, None


async def _guarded(activity: Activity) -> tuple[Any, dict[str, Any] | None]:
    known = {record[3]: record for record in activity.records if record[0] == r.PHASE}
    output, facts = await _phase(activity, "body", {}, known.get("body"))
    if facts is None:
        return output, None
    if "catch" not in activity.node.body_plans:
        return None, facts
    output, failed = await _phase(activity, "catch", {"error": facts}, known.get("catch"))
    if failed is not None:
        raise error_from_facts(failed)
    return output, facts


async def _phase(activity: Activity, name: str, names: dict[str, Any], known: Any) -> tuple[Any, dict[str, Any] | None]:
    """Run one of the bodies, or take over what the journal knows of it: its output or its error."""
    run = activity.run
    if known is not None:
        return await run.values.decode((known[4], known[5])), known[6]
    frame = Frame(run, activity.node.body_plans[name], f"{activity.path}[{name}]/", Scope(activity.frame.scope, names))
    output: Any = None
    facts: dict[str, Any] | None = None
    try:
        output = await frame.drive()
    except (Stop, StorageError):
        raise
    except Exception as error:  # noqa: BLE001 - a try deals with whatever fails in it
        facts = error_facts(as_error(error, activity.node))
    form, payload = await run.values.encode(output, walk=True)
    run.memory.forget(frame.prefix)
    run.record((r.PHASE, activity.frame.prefix, activity.node.id, name, form, payload, facts))
    return output, facts


async def _finally(activity: Activity) -> None:
    if "finally" not in activity.node.body_plans:
        return
    known = {record[3]: record for record in activity.records if record[0] == r.PHASE}
    _output, failed = await _phase(activity, "finally", {}, known.get("finally"))
    if failed is not None:
        raise error_from_facts(failed)
