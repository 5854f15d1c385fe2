"""The same through the command line: killed and resumed, and clear words where the surroundings are broken."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.faults.harness import until
from tests.faults.test_broken import remount, small
from tests.fixtures import forks

__all__ = ["small"]
DOCUMENT = r"""
studio: 1
name: slow
nodes:
  first: {type: files.append_text, params: {path: log.txt, text: "first\n"}}
  pause: {type: flow.wait, params: {seconds: 1}}
  last: {type: files.append_text, params: {path: log.txt, text: "last\n"}}
edges: [first -> pause, pause -> last]
output: "{{ last.size }}"
"""


def studio(tmp_path: Path, *arguments: str) -> forks.Command:
    """Start the command in the folder."""
    return forks.Command([*arguments, "--data", str(tmp_path / "data")], cwd=tmp_path, capture=True)


async def said(process: forks.Command, timeout: float = 60) -> tuple[int, str, str]:
    """Exit status, output and complaints. Whoever hangs is killed, which is no status that a test wants."""
    end = asyncio.get_running_loop().call_later(timeout, process.kill)
    out, errors = await asyncio.to_thread(process.communicate)
    end.cancel()
    assert "Traceback" not in out + errors
    return process.wait(), out, errors


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    """A workflow that takes a second."""
    path = tmp_path / "slow.yaml"
    path.write_text(DOCUMENT)
    return path


async def test_a_killed_run_is_resumed(tmp_path: Path, workflow: Path) -> None:
    running = studio(tmp_path, "run", workflow.name, "--json")

    async def begun() -> bool:
        return (tmp_path / "log.txt").exists()

    await until(begun, 60, "the first node")
    running.kill()
    running.communicate()
    code, out, _ = await said(studio(tmp_path, "resume", "--json", "--wait", "30s"))
    (execution,) = json.loads(out)["executions"]
    assert (code, execution["status"], execution["output"]) == (0, "succeeded", 11)
    assert (tmp_path / "log.txt").read_text() == "first\nlast\n"


async def refused(tmp_path: Path, workflow: Path, code: str) -> dict[str, Any]:
    """What a run says, for programs and for people."""
    status, out, _ = await said(studio(tmp_path, "run", workflow.name, "--json"))
    answer = json.loads(out)
    assert (status, answer["status"], answer["error"]["code"]) == (1, "failed", code)
    status, out, errors = await said(studio(tmp_path, "run", workflow.name))
    assert (status, out) == (1, "")
    assert answer["error"]["message"] in errors.replace("\n", " ") or errors.startswith("Error")
    return answer["error"]


async def test_a_wrong_key_and_a_newer_database(tmp_path: Path, workflow: Path) -> None:
    assert (await said(studio(tmp_path, "run", workflow.name, "--json")))[0] == 0
    key = tmp_path / "data" / "master.key"
    right = key.read_bytes()
    key.write_bytes(b64encode(b"w" * 32) + b"\n")
    await refused(tmp_path, workflow, "crypto.wrong_key")
    key.write_bytes(right)
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    ((revision,),) = database.execute("SELECT version_num FROM alembic_version")
    database.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    error = await refused(tmp_path, workflow, "storage.database_newer")
    assert "from_the_future" in error["message"]
    database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()
    assert (await said(studio(tmp_path, "run", workflow.name, "--json")))[0] == 0


async def test_a_full_and_a_read_only_disk(tmp_path: Path, workflow: Path, small: Path) -> None:
    assert (await said(studio(tmp_path, "run", workflow.name, "--json")))[0] == 0
    filler = small / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(b"\0" * 4096)
    status, out, _ = await said(studio(tmp_path, "run", workflow.name, "--json"))
    assert (status, json.loads(out)["error"]["code"].split(".")[0]) == (1, "storage")
    filler.unlink()
    remount(small, "ro")
    status, out, _ = await said(studio(tmp_path, "run", workflow.name, "--json"))
    assert (status, json.loads(out)["error"]["code"].split(".")[0]) == (1, "storage")
    remount(small, "rw")
    assert (await said(studio(tmp_path, "run", workflow.name, "--json")))[0] == 0
