"""See to it that the servers which the tests start for themselves are installed: ``python tools/services.py``.

Only their programs are needed; the tests start private instances in temporary folders on free ports. As root on a
system with apt-get, what is missing is installed with a notice; otherwise it is said what to install. Tests of a
missing server skip with the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "postgresql": ("/usr/lib/postgresql", "*/bin/initdb"),
    "chromium": ("/usr/bin", "chromium"),
    "fonts-noto-core": ("/usr/share/fonts/truetype/noto", "NotoSansArabic-Regular.ttf"),
    "curl": ("/usr/bin", "curl"),
    "jq": ("/usr/bin", "jq"),
}
CLUSTER_SETTING = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    """Install what is missing where that is possible; never fails."""
    missing = [package for package, (folder, program) in NEEDED.items() if not list(Path(folder).glob(program))]
    if not missing:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"services: not installed: {', '.join(missing)}; their tests will skip.", file=sys.stderr)
        print(f"services: on Debian or Ubuntu: sudo {' '.join(command)}", file=sys.stderr)
        return 0
    print(f"services: installing {', '.join(missing)} for the tests (programs only, nothing is started)", flush=True)
    _no_default_cluster()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], command):
        done = subprocess.run(step, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            print(f"services: {' '.join(step)} failed; their tests will skip.\n{done.stdout[-2000:]}", file=sys.stderr)
            return 0
    return 0


def _no_default_cluster() -> None:
    """Debian's package creates and starts a server of its own on port 5432 unless told otherwise."""
    if not CLUSTER_SETTING.exists():
        CLUSTER_SETTING.parent.mkdir(parents=True, exist_ok=True)
        CLUSTER_SETTING.write_text("create_main_cluster = false\n")


if __name__ == "__main__":
    raise SystemExit(main())
