"""Benchmarks still run, at sizes where they take no time; what they measure is no test."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from studio.services.bench import Bench

SMALL: dict[str, dict[str, Any]] = {
    "catalog": {"sizes": (60,), "repeat": 1},
    "expr": {"repeat": 1},
    "parked": {"sizes": (20,)},
    "payload": {"sizes": (1,)},
    "rows": {"sizes": (20,)},
    "start": {"repeat": 1},
    "table": {"sizes": (500,)},
}
FLOORS = {
    "catalog": "floor_ms", "expr": "floor_us", "parked": "commit_floor_ms", "payload": "floor_ms", "rows": "floor_ms",
    "start": "floor_ms", "table": "floor_ms",
}  # fmt: skip


@pytest.fixture
def collector() -> Iterator[None]:
    """The garbage collector as it was."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize("name", SMALL)
def test_runs_and_states_its_floor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module(f"benchmarks.{name}")
    if name == "parked":
        monkeypatch.setattr(module, "WARM", 5)
    if name == "start":
        monkeypatch.setattr(module, "CASES", {name: module.CASES[name] for name in ("--help", "run")})
    rows = module.run(**SMALL[name])
    assert rows
    for row in rows:
        assert row[FLOORS[name]] > 0


def test_each_that_uses_a_database_takes_one() -> None:
    bench = Bench()
    takers = {name for name in bench.names() if "db" in bench.takes(name)}
    assert takers == {"chain", "diamond", "editing", "history", "many", "map", "parked", "payload", "rows", "table"}


def test_each_says_what_it_runs() -> None:
    for name in Bench().names():
        assert inspect.getdoc(import_module(f"benchmarks.{name}"))
