"""``node_types.lock``: id and version of every built-in node type, so that a removal shows in review.

``python tools/node_lock.py --check`` (default) or ``--write``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.catalog import Catalog, Place

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "node_types.lock"


def main(arguments: list[str]) -> int:
    """Check or write the lock; returns an exit code."""
    catalog = Catalog([Place(str(ROOT / "src" / "studio" / "nodes"), "studio.nodes", "")])
    problems = [f"{problem.file}: {problem.message}" for problem in catalog.problems()]
    wanted = "".join(f"{facts.type} {facts.version}\n" for facts in catalog.all())
    if "--write" in arguments:
        LOCK.write_text(wanted, encoding="utf-8")
    else:
        problems += differences(LOCK.read_text(encoding="utf-8") if LOCK.exists() else "", wanted)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def differences(locked: str, present: str) -> list[str]:
    """A line per type that the lock and the packs disagree about."""
    before = dict(line.split() for line in locked.splitlines())
    now = dict(line.split() for line in present.splitlines())
    out = [f"{name} {before[name]} is locked, but no pack has it any more" for name in sorted(before.keys() - now)]
    out += [f"{name} {now[name]} is not locked: run `make generate`" for name in sorted(now.keys() - before)]
    out += [
        f"{name} is locked at version {before[name]}, but is {now[name]}: run `make generate`"
        for name in sorted(now.keys() & before)
        if now[name] != before[name]
    ]
    return out


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
