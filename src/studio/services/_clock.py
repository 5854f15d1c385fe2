"""Where services get the time: the database's clock, microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]
