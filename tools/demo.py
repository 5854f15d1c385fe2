"""Kill an execution in the middle, twice, and watch it go on: ``make demo``.

A map appends one line per item to a file, an effect with a key. The process is killed with SIGKILL while it runs; at
the end every line must stand in the file exactly once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ITEMS = 300
KILLS = 2
WORKFLOW = {
    "studio": 1,
    "name": "Demo",
    "nodes": {
        "written": {
            "type": "flow.map",
            "params": {"items": "{{ range(" + str(ITEMS) + ") }}", "concurrency": 1},
            "body": {
                "nodes": {
                    "line": {"type": "files.append_text", "params": {"path": "lines.txt", "text": "{{ item }}\n"}}
                },
                "output": "{{ line.size }}",
            },
        }
    },
    "output": "{{ len(written.results) }}",
}


def main() -> int:
    """Run the demonstration; returns 0 where nothing was lost or repeated."""
    with tempfile.TemporaryDirectory(prefix="studio-demo-") as name:
        folder = Path(name)
        (folder / "demo.json").write_text(json.dumps(WORKFLOW))
        lines = folder / "lines.txt"
        command = ["run", "demo.json"]
        for kill in range(1, KILLS + 1):
            process = _start(folder, *command)
            _wait_for(lines, ITEMS * kill // (KILLS + 1), process)
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"\nkilled after {_count(lines)} of {ITEMS} lines; `studio resume` goes on", flush=True)
            command = ["resume"]
        ended = _start(folder, "resume").wait()
        found = lines.read_text().split()
    whole = found == [str(number) for number in range(ITEMS)]
    print(f"\n{len(found)} lines, {'each exactly once, in order' if whole else 'WRONG: ' + ' '.join(found)}")
    return 0 if whole and ended == 0 else 1


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "STUDIO_DATA": str(folder / "data")}
    return subprocess.Popen([sys.executable, "-m", "studio.cli.main", *arguments], cwd=folder, env=environment)


def _wait_for(path: Path, lines: int, process: subprocess.Popen[bytes]) -> None:
    while _count(path) < lines and process.poll() is None:
        time.sleep(0.01)


def _count(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


if __name__ == "__main__":
    raise SystemExit(main())
