"""The TypeScript client, from the API's own description: ``python tools/interface_client.py --write`` or ``--check``.

What is written is committed, so that the interface is built and read without a server; ``--check`` finds where it has
drifted from the API.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from client import description
from interface import install, node_script

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
FOLDER = WEB / "src" / "api" / "generated"


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    install()
    with tempfile.TemporaryDirectory() as folder:
        wanted = files(Path(folder))
    if argv == ["--write"]:
        for stray in set(_present()) - set(wanted):
            (FOLDER / stray).unlink()
        for name, text in wanted.items():
            path = FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    present = _present()
    wrong = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
    for name in wrong:
        print(f"{FOLDER.relative_to(ROOT) / name} is not what the API says; run: make generate", file=sys.stderr)
    return 1 if wrong else 0


def files(folder: Path) -> dict[str, str]:
    """Path and text of every generated file."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(description()), "utf-8")
    out = folder / "out"
    node_script("tools/api.mjs", str(document), str(out))
    return _read(out)


def _present() -> Mapping[str, str]:
    return _read(FOLDER)


def _read(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.ts"))}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
