"""Run the benchmarks of a source checkout.

A benchmark is a module ``benchmarks/<name>.py`` with ``run(...) -> list[dict]``: one row per thing measured; floats
are measurements in the unit that their key names, with a floor from the same run where there is one. Every run gives
the same rows; shown are medians and extremes. ``run`` may take ``db`` (the URL of a database), ``durability`` and
``ack`` (what is awaited, and when), and ``sizes``: numbers of nodes, items, rows, types, executions or megabytes.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from studio.domain.errors import NotFound, UserError

_LIBRARIES = ("apsw", "asyncpg", "msgspec", "orjson", "pydantic", "uvloop")


class BenchRun(msgspec.Struct, kw_only=True):
    """A benchmark measured several times. ``rows`` hold medians, ``spread`` of each the lowest and highest."""

    name: str
    about: str
    at: str
    machine: dict[str, Any]
    runs: int
    rows: list[dict[str, Any]]
    spread: list[dict[str, list[float]]]

    def head(self) -> list[str]:
        """Names of the columns."""
        return list(dict.fromkeys(key for row in self.rows for key in row))

    def table(self) -> list[list[str]]:
        """The rows as text, measurements with their spread."""
        return [
            [_cell(row.get(key), spread.get(key)) for key in self.head()]
            for row, spread in zip(self.rows, self.spread, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Bench:
    """The benchmarks of the checkout around the present folder, or around the installed source."""

    folder: Path | None = None

    def names(self) -> list[str]:
        """Every benchmark by name."""
        return sorted(path.stem for path in self._folder().glob("*.py") if _has_run(path))

    def chosen(self, names: Sequence[str]) -> list[str]:
        """The named ones, or all.

        Raises:
            NotFound: There is none of that name.
        """
        known = self.names()
        for name in names:
            if name not in known:
                raise NotFound(
                    "bench.unknown", "There is no benchmark {name}; there are {known}.",
                    name=name, known=", ".join(known),
                )  # fmt: skip
        return list(names) or known

    def takes(self, name: str) -> frozenset[str]:
        """The options of a benchmark."""
        return frozenset(inspect.signature(self._load(name).run).parameters)

    def run(self, name: str, *, runs: int = 5, **options: Any) -> BenchRun:
        """Measure a benchmark, and keep the result in ``benchmarks/results``. Options that are None are left out.

        Raises:
            UserError: The benchmark does not take one of the options.
        """
        module = self._load(name)
        given = {option: value for option, value in options.items() if value is not None}
        for option in given.keys() - inspect.signature(module.run).parameters.keys():
            raise UserError("bench.option", "The benchmark {name} takes no --{option}.", name=name, option=option)
        measured: list[list[dict[str, Any]]] = [module.run(**given) for _ in range(runs)]
        rows, spread = _combine(measured)
        result = BenchRun(
            name=name,
            about=(inspect.getdoc(module) or "").partition("\n")[0],
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=machine(),
            runs=runs,
            rows=rows,
            spread=spread,
        )
        results = self._folder() / "results"
        results.mkdir(exist_ok=True)
        (results / f"{name}.json").write_text(json.dumps(msgspec.to_builtins(result), indent=2) + "\n")
        return result

    def _folder(self) -> Path:
        source = Path(__file__).resolve().parents[3]
        for root in (self.folder, Path.cwd(), source):
            if root is not None and (root / "benchmarks").is_dir():
                return root / "benchmarks"
        raise UserError("bench.no_folder", "Benchmarks come with the source: run this in a checkout of it.")

    def _load(self, name: str) -> ModuleType:
        folder = self._folder()
        if str(folder.parent) not in sys.path:
            sys.path.insert(0, str(folder.parent))
        spec = importlib.util.spec_from_file_location(f"benchmarks.{name}", folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _has_run(path: Path) -> bool:
    return not path.name.startswith("_") and "\ndef run(" in "\n" + path.read_text(encoding="utf-8")


def _combine(measured: list[list[dict[str, Any]]]) -> tuple[list[dict[str, Any]], list[dict[str, list[float]]]]:
    """Medians and extremes over the runs, row by row; every run gives the same rows."""
    rows: list[dict[str, Any]] = []
    spread: list[dict[str, list[float]]] = []
    for same in zip(*measured, strict=True):
        numbers = {key: [row[key] for row in same] for key, value in same[0].items() if isinstance(value, float)}
        rows.append({**same[0], **{key: statistics.median(values) for key, values in numbers.items()}})
        spread.append({key: [min(values), max(values)] for key, values in numbers.items()})
    return rows, spread


def _cell(value: Any, spread: list[float] | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    low, high = spread or [value, value]
    return _number(value) if low == high else f"{_number(value)} ({_number(low)}-{_number(high)})"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
