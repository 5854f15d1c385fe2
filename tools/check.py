"""Run every check, report each, and fail if one does: ``python tools/check.py [NAME…]``."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "types": [str(BIN / "pyright")],
    "imports": [sys.executable, "tools/imports.py"],
    "sizes": [sys.executable, "tools/sizes.py"],
    "messages": [sys.executable, "tools/messages.py"],
    "node lock": [sys.executable, "tools/node_lock.py", "--check"],
    "workflow schema": [sys.executable, "tools/workflow_schema.py", "--check"],
    "settings docs": [sys.executable, "tools/settings_docs.py", "--check"],
    "command line docs": [sys.executable, "tools/cli_docs.py", "--check"],
    "error codes": [sys.executable, "tools/error_codes.py", "--check"],
    "client": [sys.executable, "tools/client.py", "--check"],
    "locks": [sys.executable, "tools/locks.py", "--check"],
    "interface": [sys.executable, "tools/interface.py", "check"],
    "interface client": [sys.executable, "tools/interface_client.py", "--check"],
}


def main(names: list[str]) -> int:
    """Run the named checks, or all of them."""
    chosen = [name for name in CHECKS if not names or name in names]
    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(1) as others:
        # The types take as long as all others, which come one after the other: some of them install what they need.
        runs = {name: (beside if name == "types" else others).submit(_run, CHECKS[name]) for name in chosen}
        failed = [name for name in chosen if not _told(name, *runs[name].result())]
    print(f"{len(failed)} of the checks failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _run(command: list[str]) -> tuple[int, str, float]:
    """Exit code and output of a command, and the seconds it took."""
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, done.stdout, time.monotonic() - started


def _told(name: str, code: int, output: str, seconds: float) -> bool:
    """Report a check; whether it passed."""
    print(f"{'ok  ' if code == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
    if code != 0 or name == "sizes":
        print("\n".join(f"     {line}" for line in output.rstrip().splitlines()), flush=True)
    return code == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
