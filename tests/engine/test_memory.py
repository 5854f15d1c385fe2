"""Files and lists larger than what may be held: what nodes do with them takes a bounded amount of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
    import asyncio, json, sys
    from pathlib import Path
    from studio.engine import Grants, StartRequest
    from tests.engine.gates import PATIENCE
    from tests.engine.kit import engine, workflow


    def resident(key):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1]) // 1024


    def nodes(given):
        return {id: tuple(one) for id, one in given.items()}


    async def main(folder, spec):
        async with engine(folder / "data") as one:
            small = StartRequest(workflow=workflow(nodes(spec["small"])), grants=Grants(folder=str(folder)))
            assert (await one.wait(await one.submit(small), timeout=PATIENCE)).error is None
            Path("/proc/self/clear_refs").write_text("5")
            before = resident("VmRSS")
            what = workflow(nodes(spec["large"]), output=spec.get("output"))
            request = StartRequest(workflow=what, grants=Grants(folder=str(folder)))
            result = await one.wait(await one.submit(request), timeout=PATIENCE)
            error = None if result.error is None else result.error.message
            print(json.dumps({"mb": resident("VmHWM") - before, "output": result.output, "error": error}))


    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
"""


def measured(folder: Path, small: Any, large: Any, output: Any = None) -> dict[str, Any]:
    """Megabytes that the process had beside those it has after a small run of the same nodes, and what came out."""
    if not os.access("/proc/self/clear_refs", os.W_OK):
        pytest.skip("the peak of a process cannot be reset here")
    spec = json.dumps({"small": small, "large": large, "output": output})
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), spec], capture_output=True, text=True,
        cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_large_file_goes_through_in_pieces(tmp_path: Path) -> None:
    for name, size in (("small", 1000), ("large", 300 * 1024**2)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)

    def nodes(name: str) -> dict[str, Any]:
        return {
            "read": ("files.read_bytes", {"path": name, "max_bytes": 512 * 1024**2}),
            "hash": ("crypto.hash", {"file": "{{ read.file }}", "algorithm": "sha256"}),
            "write": ("files.write_file", {"path": f"{name}.copy", "file": "{{ read.file }}"}),
        }

    found = measured(tmp_path, nodes("small"), nodes("large"), "{{ read.file.size }}")
    assert (found["error"], found["output"]) == (None, 300 * 1024**2)
    assert (tmp_path / "large.copy").stat().st_size == 300 * 1024**2
    assert found["mb"] < 100, found


def test_a_long_list_goes_through_in_pages(tmp_path: Path) -> None:
    def nodes(count: int) -> dict[str, Any]:
        return {
            "all": ("list.range", {"start": 0, "stop": count}),
            "even": ("list.filter", {"items": "{{ all.items }}", "where": "{{ item % 2 == 0 }}"}),
            "each": (
                "list.map",
                {"items": "{{ even.items }}", "value": "{{ {'n': item, 'text': 'number ' + str(item)} }}"},
            ),
        }

    found = measured(tmp_path, nodes(10), nodes(1_000_000), "{{ len(each.items) }}")
    assert (found["error"], found["output"]) == (None, 500_000)
    assert found["mb"] < 120, found
