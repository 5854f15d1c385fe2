"""Who answers for an execution, as it is recorded with it and handed on to those that it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.engine.api import Charge


def charge_of(start: Mapping[str, Any]) -> Charge | None:
    """Who answers for an execution; None where nobody is asked."""
    known: dict[str, list[str]] = start.get("charges") or {}
    return Charge(*known.get("", ("",))) if known else None


def charges_of(start: Mapping[str, Any], reference: str) -> dict[str, Charge]:
    """Who answers for an execution of a workflow that another one names: whoever does for that workflow."""
    known: dict[str, list[str]] = start.get("charges") or {}
    found = {name: Charge(*one) for name, one in known.items() if name}
    return {**found, "": found.get(reference, Charge(""))} if known else {}
