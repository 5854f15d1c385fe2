"""Expressions: compiling, reading a path, filtering and summing 100 items, one call per item.

The floor is plain Python doing the same: ``compile`` for compiling, expressions and functions for the others. Times are
processor time, since nothing here waits and the machine is shared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from studio.expressions import compile_expression, compile_template
from studio.expressions._expression import Expression

_PATH = "load.data.features[0].properties.mag"
_TYPICAL = "load.data.features[0].properties.mag * 1.2"
_SUM = "sum([f.properties.mag for f in load.data.features if f.properties.mag >= inputs.min_magnitude])"
_TEMPLATE = "Quake of {{ load.data.features[0].properties.mag }} near {{ load.data.features[0].properties.place }}."
_WHERE = "item.properties.mag >= inputs.min_magnitude"


def run(repeat: int = 9) -> list[dict[str, Any]]:
    """Measure each case; microseconds, medians of ``repeat`` runs, with the spread from the fastest to the slowest."""
    scope = _scope()
    load, inputs = scope["load"], scope["inputs"]
    path, total, where = compile_expression(_PATH), compile_expression(_SUM), compile_expression(_WHERE).bind(scope)
    template = compile_template(_TEMPLATE)
    item = load["data"]["features"][7]

    def plain_sum() -> float:
        return sum(
            f["properties"]["mag"]
            for f in load["data"]["features"]
            if f["properties"]["mag"] >= inputs["min_magnitude"]
        )

    def plain_where() -> bool:
        return item["properties"]["mag"] >= inputs["min_magnitude"]

    def plain_text() -> str:
        first = load["data"]["features"][0]["properties"]
        return f"Quake of {first['mag']} near {first['place']}."

    cases: list[tuple[str, float | None, int, Callable[[], Any], Callable[[], Any]]] = [
        ("compile", 100, 300, lambda: Expression(_TYPICAL, 0, None), lambda: compile(_TYPICAL, "", "eval")),
        ("compile filter+sum", 100, 300, lambda: Expression(_SUM, 0, None), lambda: compile(_SUM, "", "eval")),
        ("path", 2, 20_000, lambda: path.evaluate(scope), lambda: load["data"]["features"][0]["properties"]["mag"]),
        ("filter+sum of 100", 60, 300, lambda: total.evaluate(scope), plain_sum),
        (
            "per item",
            None,
            20_000,
            lambda: where(item, 7),
            lambda: item["properties"]["mag"] >= inputs["min_magnitude"],
        ),
        ("template", None, 5_000, lambda: template.evaluate(scope), plain_text),
    ]
    return [_measure(name, target, count, repeat, call, floor) for name, target, count, call, floor in cases]


def _scope() -> dict[str, Any]:
    features = [{"properties": {"mag": 4 + n / 50, "place": f"place {n}"}} for n in range(100)]
    return {"load": {"data": {"features": features}}, "inputs": {"min_magnitude": 5}}


def _measure(
    name: str, target: float | None, count: int, repeat: int, call: Callable[[], Any], floor: Callable[[], Any]
) -> dict[str, Any]:
    times: list[float] = []
    floors: list[float] = []
    for _ in range(repeat):
        times.append(_once(call, count))
        floors.append(_once(floor, count))
    return {
        "case": name,
        "target_us": target,
        "us": statistics.median(times),
        "fastest_us": min(times),
        "slowest_us": max(times),
        "floor_us": statistics.median(floors),
        "ratio": statistics.median(times) / statistics.median(floors),
    }


def _once(call: Callable[[], Any], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - began) / count * 1e6


def main() -> None:
    """Print a table."""
    print(f"{'case':20} {'us':>9} {'fastest':>9} {'slowest':>9} {'floor':>9} {'ratio':>7} {'target':>7}")
    for row in run():
        target = "" if row["target_us"] is None else f"{row['target_us']:g}"
        print(
            f"{row['case']:20} {row['us']:9.2f} {row['fastest_us']:9.2f} {row['slowest_us']:9.2f} "
            f"{row['floor_us']:9.2f} {row['ratio']:7.1f} {target:>7}"
        )


if __name__ == "__main__":
    main()
