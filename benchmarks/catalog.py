"""Starting the catalogue: a warm index over 600 and 10,000 node types, the first look at one type, and a cold build.

The floor is what the same machine takes to list the pack folders and to read the index file's bytes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.catalog import Catalog, Place

_MANIFEST = 'id = "{id}"\ntitle = "{id}"\ncategory = "data"\ndescription = "A pack"\nowners = ["bench"]\n'
_NODE = '''"""{type}."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class {cls}(BaseNode):
    """Take a text and give it back, which is what number {number} does."""

    type = "{type}"
    title = "Number {number}"
    keywords = ("text", "same", "word{number}")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(description="The text")

    class Output(NodeModel):
        text: str

    examples = (Example(input={{"text": "a"}}, output={{"text": "a"}}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(text=input.text)
'''


def write_packs(folder: Path, types: int, per_pack: int = 60) -> None:
    """Packs with that many node types in all, written a while ago as far as their times tell."""
    for number in range(types):
        pack = folder / f"pack{number // per_pack}"
        if number % per_pack == 0:
            pack.mkdir(parents=True)
            (pack / "manifest.toml").write_text(_MANIFEST.format(id=pack.name))
        name = f"node{number}"
        source = _NODE.format(type=f"{pack.name}.{name}", cls=name.capitalize(), number=number)
        (pack / f"{name}.py").write_text(source)
    old = time.time() - 60
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (old, old))


def run(sizes: tuple[int, ...] = (600, 10_000), repeat: int = 7) -> list[dict[str, Any]]:
    """Measure each size; times in milliseconds, medians of ``repeat`` runs."""
    return [_measure(types, repeat) for types in sizes]


def _measure(types: int, repeat: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as name:
        packs, cache = Path(name) / "packs", Path(name) / "cache"
        write_packs(packs, types)
        place = Place(str(packs), "studio_packs_bench", "")

        def start() -> Catalog:
            return Catalog([place], cache_dir=cache)

        began = time.perf_counter()
        start()
        cold = (time.perf_counter() - began) * 1000
        before = {module for module in sys.modules if module.startswith("studio_packs_bench")}
        last = f"pack{(types - 1) // 60}.node{types - 1}"
        (index,) = cache.iterdir()
        row = {
            "types": types,
            "warm_start_ms": _median(start, repeat),
            "warm_start_and_one_type_ms": _median(lambda: start().facts(last), repeat),
            "warm_start_and_all_types_ms": _median(lambda: start().all(), repeat),
            "cold_build_ms": cold,
            "floor_ms": _median(lambda: _floor(packs, index), repeat),
            "index_kb": index.stat().st_size / 1024,
        }
        if before != {module for module in sys.modules if module.startswith("studio_packs_bench")}:
            raise AssertionError("a pack was imported")
        return row


def _floor(packs: Path, index: Path) -> int:
    found = sum(entry.stat().st_mtime_ns & 1 for entry in os.scandir(packs))
    return found + len(index.read_bytes())


def _median(call: Callable[[], object], repeat: int) -> float:
    times: list[float] = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a table."""
    for row in run():
        print(
            "  ".join(
                f"{key} {value:.2f}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()
            )
        )


if __name__ == "__main__":
    main()
