"""Make the project's environment: ``python3 tools/bootstrap.py [run|dev]``, or add Node.js to it: ``node``.

Needs Python 3.11 or later with pip, and nothing else. The second call is quick: a stamp in the environment tells which
lock it was made from. Packages come from wherever pip is configured to look, and only with the hashes in the lock.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "studio-stamp"
KINDS = ("run", "dev")


def main(argv: list[str]) -> int:
    """Bring the environment up to date; returns an exit code."""
    kind = argv[0] if argv else "dev"
    if kind == "node":
        print("Installing Node.js into .venv", flush=True)
        return _attempt(lambda: _lock("node"))
    if kind not in KINDS:
        return _fail(f"unknown kind of environment {kind!r}: use run or dev")
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever calls this may have any Python)
        return _fail(f"Studio needs Python 3.11 or later; this is {sys.version.split()[0]} ({sys.executable})")
    wanted = {each: _fingerprint(each) for each in KINDS}
    present = STAMP.read_text().split() if STAMP.exists() else []
    if wanted[kind] in present or wanted["dev"] in present:
        _compile()
        return 0
    print(f"Setting up .venv ({kind}), about a minute the first time", flush=True)
    failed = _attempt(lambda: _install(kind))
    if failed:
        return failed
    STAMP.write_text(wanted[kind] + "\n")
    _compile()
    return 0


def _attempt(step: Callable[[], None]) -> int:
    try:
        step()
    except subprocess.CalledProcessError as error:
        return _fail(f"this command failed with exit code {error.returncode}: {' '.join(map(str, error.cmd))}")
    return 0


def _fingerprint(kind: str) -> str:
    digest = hashlib.sha256()
    for name in (f"requirements/{kind}.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{sys.version_info[:2]}{ROOT}".encode())
    return f"{kind}:{digest.hexdigest()}"


def _install(kind: str) -> None:
    python = _python()
    own_pip = importlib.util.find_spec("pip") is None
    if not python.exists():
        # Without pip inside where it can be: Debian ships venv without the wheels that ensurepip wants.
        _run([sys.executable, "-m", "venv", *([] if own_pip else ["--without-pip"]), str(VENV)])
    elif own_pip:
        _run([str(python), "-m", "ensurepip"])
    _lock(kind)
    _run([*_pip(), "--no-build-isolation", "--editable", str(ROOT)])


def _lock(kind: str) -> None:
    _run([*_pip(), "--require-hashes", "--requirement", str(ROOT / "requirements" / f"{kind}.lock")])


def _pip() -> list[str]:
    python = str(_python())
    own_pip = importlib.util.find_spec("pip") is None
    pip = [python, "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", python]
    # The lock is complete. Without --no-deps pip looks for "coverage[toml]" beside the pinned "coverage", and refuses
    # all as soon as a newer release exists.
    return [*pip, "install", "-qq", "--no-input", "--no-deps"]


def _compile() -> None:
    """Write the bytecode of the sources, so that commands start at once also where Python is told to write none.

    Without it every command compiles a few hundred modules. Quick where nothing has changed, and no harm where the
    folder cannot be written.
    """
    subprocess.run([str(_python()), "-m", "compileall", "-qq", str(ROOT / "src")], check=False, cwd=ROOT)


def _python() -> Path:
    folder = "Scripts" if os.name == "nt" else "bin"
    return VENV / folder / "python"


def _run(command: list[str]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def _fail(message: str) -> int:
    print(f"bootstrap: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
