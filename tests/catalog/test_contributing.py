"""The node that CONTRIBUTING.md walks through works as it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from studio.catalog import Catalog, Place
from studio.testing import NodeTester, check_pack, count

ROOT = Path(__file__).resolve().parents[2]


def samples() -> dict[str, str]:
    """Code blocks by the file that they belong into."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return dict(re.findall(r"<!-- runs: (\S+) -->\n```python\n(.*?)```", text, re.DOTALL))


async def test_the_node_of_the_walk_through(tmp_path):
    blocks = samples()
    folder = tmp_path / "walk_through" / "text"
    shutil.copytree(ROOT / "src/studio/nodes/text", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "shout.py").write_text(blocks["src/studio/nodes/text/shout.py"])
    catalog = Catalog([Place(str(folder.parent), "studio_packs_walk_through", "")], cache_dir=tmp_path / "cache")
    assert [problem.message for problem in catalog.problems()] == []
    results = await check_pack("text", catalog)
    assert count(results) == {"passed": 2, "failed": 0, "skipped": 0}, results
    shout = catalog.load("text.shout")
    source = blocks["tests/nodes/text/test_shout.py"].replace("from studio.nodes.text.shout import Shout\n", "")
    scope: dict[str, object] = {"Shout": type(shout)}
    exec(source, scope)
    await scope["test_other_scripts"]()  # type: ignore[operator]


def test_every_named_place_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for path in re.findall(r"`((?:src|tools)/[\w/.]+)`", text):
        assert (ROOT / path).exists() or path.endswith("shout.py") or "strings" in path, path


async def test_the_function_of_the_walk_through():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(from studio.sdk import Effect, node\n.*?)```", text, re.DOTALL)
    scope: dict[str, object] = {"__name__": "walk_through"}
    exec(compile(source, "CONTRIBUTING.md", "exec", dont_inherit=True), scope)
    with NodeTester(scope["hypotenuse"]) as tester:  # type: ignore[arg-type]
        assert (await tester.run({"a": 3, "b": 4})).output == {"result": 5.0}
