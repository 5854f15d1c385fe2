"""The examples in a folder of their own, run through the real command line in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.fixtures import forks

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs ``studio`` with a data folder of its own, in the folder of the examples' copy."""

    folder: Path
    data: Path

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """The finished process; its exit code must be ``code``."""
        env = {**os.environ, "STUDIO_DATA": str(self.data), "STUDIO_LANG": "en"}
        done = forks.run(arguments, cwd=self.folder, env=env, timeout=120)
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What a command prints with ``--json``."""
        return json.loads(self(*arguments, "--json", code=code).stdout)


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy of the examples."""
    return shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("out"))


@pytest.fixture
def studio(tmp_path: Path, examples: Path) -> CommandLine:
    """The command line."""
    return CommandLine(examples, tmp_path / "data")


class Alerts(BaseHTTPRequestHandler):
    """Answers 503 twice, then takes the alert."""

    requests: list[tuple[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.requests.append((self.headers["idempotency-key"], body))
        taken = len(self.requests) > 2
        content = json.dumps({"id": f"alert-{len(self.requests)}"} if taken else {"error": "busy"}).encode()
        self.send_response(201 if taken else 503)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr."""


@contextmanager
def alert_server() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A server that fails twice before it answers: its address, and the requests it gets."""
    handler = type("Handler", (Alerts,), {"requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", handler.requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def alerts() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A server that fails twice before it answers."""
    with alert_server() as found:
        yield found
