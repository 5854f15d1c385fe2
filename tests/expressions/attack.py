"""What a hostile expression is."""

from __future__ import annotations

from typing import NamedTuple

REFUSED = "refused"
HARMLESS = "harmless"


class Attack(NamedTuple):
    """One hostile expression."""

    name: str
    source: str
    outcome: str = REFUSED
