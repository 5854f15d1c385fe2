"""Run every check, report each, and fail if one does: ``python tools/check.py [NAME…]``."""

from __future__ import annotations

import subprocess
import sys
import time
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
    failed: list[str] = []
    for name, command in CHECKS.items():
        if names and name not in names:
            continue
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if done.returncode != 0:
            failed.append(name)
        if done.returncode != 0 or name == "sizes":
            print("\n".join(f"     {line}" for line in done.stdout.rstrip().splitlines()), flush=True)
    print(f"{len(failed)} of the checks failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
