"""Functions that look random and are not: a repeated attempt of a node run draws the same values.

Each draw hashes the node run's seed (scope key ``"\\0seed"``), the expression's place among the params, the item a
per-item expression runs for, and the number of the draw within that evaluation.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

from studio.domain.errors import ExpressionError
from studio.expressions._limits import Meter
from studio.expressions._registry import function

SEED = "\0seed"


def _draw(meter: Meter) -> int:
    """128 bits."""
    try:
        seed = meter.scope[SEED]
    except KeyError:
        raise ExpressionError("expression.no_seed", "random() and uuid() have values only while a node runs.") from None
    meter.drawn += 1
    data = "\0".join((str(seed), meter.salt, str(meter.stream), str(meter.drawn)))
    return int.from_bytes(blake2b(data.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def _below(meter: Meter, limit: int) -> int:
    """A number from 0 to ``limit`` - 1; the bias of the remainder is below limit / 2**128."""
    return _draw(meter) % limit


@function("random", "text", [("len(uuid())", 36)])
def uuid(meter: Meter) -> str:
    """A unique id (UUID version 4), the same when the node run is tried again."""
    return str(UUID(int=_draw(meter), version=4))


@function("random", "float", [("0 <= random() < 1", True)])
def random(meter: Meter) -> float:
    """A number from 0 to below 1, the same when the node run is tried again."""
    return (_draw(meter) >> 75) / (1 << 53)


@function("random", "int", [("1 <= random_int(1, 6) <= 6", True)])
def random_int(meter: Meter, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    if high < low or max(abs(low), abs(high)) > 2**63:
        raise ExpressionError("expression.random_range", "The second number is not below the first.")
    return low + _below(meter, high - low + 1)


@function("random", "item", [("sample([5])", 5)], flow="passes")
def sample(meter: Meter, items: list[Any]) -> Any:
    """One of the items."""
    if not items:
        raise ExpressionError("expression.empty_list", "There is no item. Write default(first(sorted(x)), ...).")
    return items[_below(meter, len(items))]


@function("random", "same", [("sorted(shuffle([1, 2, 3]))", [1, 2, 3])], flow="passes")
def shuffle(meter: Meter, items: list[Any]) -> list[Any]:
    """The items in another order (Fisher-Yates)."""
    meter.items(len(items))
    out = list(items)
    for place in range(len(out) - 1, 0, -1):
        meter.steps(20)
        other = _below(meter, place + 1)
        out[place], out[other] = out[other], out[place]
    return out
