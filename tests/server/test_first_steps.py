"""The first steps of the documentation, with curl and with the Python client, as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.test_process import started, url_in

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "jq"))), reason="the page uses bash, curl and jq")
def test_from_the_set_up_link_to_a_key(tmp_path: Path) -> None:
    blocks = [(kind, text) for kind, text in _BLOCK.findall((DOCS / "api.md").read_text())]
    script = "set -euo pipefail\n" + "".join(text for kind, text in blocks if kind == "sh")
    script += '\ncurl --fail-with-body -sS $STUDIO/api/v1/session -H "Authorization: Bearer $TOKEN" >/dev/null\n'
    script += "echo TOKEN=$TOKEN\n"
    with started(tmp_path / "data") as (process, lines):
        assert process.stdout is not None
        url, secret = url_in(lines[0]), url_in(process.stdout.readline()).partition("#")[2]
        environment = {**os.environ, "STUDIO": url, "SECRET": secret}
        done = subprocess.run(
            ["bash", "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        *lines, last = done.stdout.splitlines()
        said = [line for kind, text in blocks if kind == "json" for line in text.splitlines()]
        assert lines == said

        program = re.search(r"^```python\n(.*?)^```$", (DOCS / "client.md").read_text(), re.MULTILINE | re.DOTALL)
        assert program is not None
        signed_in = {**os.environ, "STUDIO_SERVER": url, "STUDIO_TOKEN": last.partition("=")[2]}
        ran = subprocess.run(
            [sys.executable, "-c", program[1]], env=signed_in, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        out = ran.stdout.splitlines()
        assert "Hello Ada" in out
        assert "ended None" in out
        assert any(line.startswith("workflow.not_found There is no workflow") for line in out)
        assert out[-1] == "['who']"
