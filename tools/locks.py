"""The lock files: ``python tools/locks.py --write`` resolves them anew with uv, ``--check`` compares with pyproject.

Each line of a lock is a pinned package or a hash; addresses of indexes never stand in it. The check needs no network:
everything pinned in pyproject.toml stands in the lock with that version, and nothing in the lock is an address.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {"run": "build", "dev": "dev", "node": "node"}
ALONE = frozenset({"node"})
"""Locks that hold their group and nothing of the project."""
EXTRAS = ("tables",)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)")
_ADDRESS = re.compile(r"://|^\s*--(?!hash=sha256:[0-9a-f]{64}\b)|^\s*#", re.MULTILINE)


def main(argv: list[str]) -> int:
    """Write or check; returns an exit code."""
    if argv == ["--write"]:
        for kind in GROUPS:
            _write(kind)
        return 0
    problems = [problem for kind in GROUPS for problem in check(kind)]
    for problem in problems:
        print(f"locks: {problem}", file=sys.stderr)
    return 1 if problems else 0


def check(kind: str) -> list[str]:
    """What is wrong with one lock."""
    text = (ROOT / "requirements" / f"{kind}.lock").read_text()
    locked = {_plain(name): version for name, version in pins(text.splitlines())}
    problems = [f"{kind}.lock holds more than pins and hashes"] if _ADDRESS.search(text) else []
    for name, version in pins(wanted(kind)):
        found = locked.get(_plain(name))
        if found != version:
            problems.append(f"{kind}.lock has {name} {found}, pyproject.toml {version}: run make locks")
    return problems


def wanted(kind: str) -> list[str]:
    """Requirements that pyproject.toml states for a kind of environment."""
    document: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = document["project"]
    found: list[str] = []
    if kind not in ALONE:
        found += project["dependencies"]
        for extra in EXTRAS:
            found += project["optional-dependencies"][extra]
    return found + _group(document["dependency-groups"], GROUPS[kind])


def _group(groups: dict[str, list[Any]], name: str) -> list[str]:
    found: list[str] = []
    for entry in groups[name]:
        if isinstance(entry, str):
            found.append(entry)
        else:
            found += _group(groups, cast("dict[str, str]", entry)["include-group"])
    return found


def pins(lines: list[str]) -> list[tuple[str, str]]:
    """Name and version of every line that pins a package."""
    return [(match[1], match[2]) for line in lines if (match := _PIN.match(line))]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _write(kind: str) -> None:
    command = ["uv", "pip", "compile", "--universal", "--python-version", "3.11"]
    if kind not in ALONE:
        command += ["pyproject.toml", *(f"--extra={extra}" for extra in EXTRAS)]
    command += ["--group", GROUPS[kind], "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", f"requirements/{kind}.lock"]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
