"""What must not be loaded before the server is healthy is not: start-up time, told by modules instead of a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEALTHY = """
import asyncio, sys, threading, urllib.request
from pathlib import Path

from studio.bootstrap import Settings, Studio, _serving, server_settings

asked, loaded = threading.Event(), []
make_app, make_server = _serving._app, _serving._server

def app(platform):
    asked.wait(60)  # the API is made beside, as slowly as it can be
    return make_app(platform)

def server(root, settings, tell, platform):
    def ask(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        loaded.extend(sys.modules)
        asked.set()

    def told(port):
        threading.Thread(target=ask, args=(port,)).start()
        tell(port)

    made = make_server(root, settings, told, platform)
    stopping.append(made)
    return made

stopping = []
_serving._app, _serving._server = app, server

async def main():
    data = Path(sys.argv[1])
    settings = server_settings(data, {"port": 0, "log_level": "error"})
    async with Studio(Settings(data=data)) as studio:
        await _serving.serve(studio, settings, lambda _: stopping[0].close_soon(), driving=True)
    print("\\n".join(loaded))

asyncio.run(main())
"""

LATER = (
    "fastapi", "starlette.routing", "websockets", "structlog", "prometheus_client", "opentelemetry", "authlib",
    "joserfc", "scim2_models", "argon2", "aiosmtplib", "multipart", "python_multipart", "httpx2", "httpcore2",
    "sqlalchemy", "alembic", "asyncpg", "polars", "jinja2", "yaml", "studio.server.app", "studio.server.resources",
    "studio.services.people", "studio.services.sso", "studio.services.scim", "studio.services.editing",
    "studio.services.comments", "studio.client", "studio.testing",
)  # fmt: skip


def test_health_waits_for_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HEALTHY, str(tmp_path / "data")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "studio.server.root" in loaded
    assert "uvicorn.server" in loaded
    early = [name for name in loaded if any(name == each or name.startswith(f"{each}.") for each in LATER)]
    assert early == []
    packs = [name for name in loaded if name.startswith("studio.nodes.") and name.count(".") > 1]
    assert packs == []
