"""What ``up``, ``server`` and ``worker`` share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from studio.cli._options import settings_from
from studio.cli._process import run_service, started
from studio.cli._say import Voice
from studio.cli._terminal import write_line

if TYPE_CHECKING:
    from studio.bootstrap import Announcement

HostOption: TypeAlias = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; STUDIO_HOST, else 127.0.0.1")
]
PortOption: TypeAlias = Annotated[
    int | None, typer.Option("--port", metavar="N", help="Port to listen on; STUDIO_PORT, else 8400; 0: any free one")
]
PublicUrlOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--public-url", metavar="URL", help="What people type to reach Studio; STUDIO_PUBLIC_URL"),
]


def serve(
    voice: Voice,
    *,
    driving: bool,
    data: Path | None,
    db: str | None,
    allow_path: list[Path] | None,
    allow_host: list[str] | None,
    host: str | None,
    port: int | None,
    public_url: str | None,
) -> int:
    """Run the server until the process is told to stop; returns the exit code."""
    from studio.bootstrap import Studio, serve, server_settings

    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)
    chosen = server_settings(settings.data, {"host": host, "port": port, "public_url": public_url})

    def announce(found: Announcement) -> None:
        started()
        if found.in_clear:
            sys.stderr.write("! " + voice.say("cli.clear_text") + "\n")
        write_line(voice.say("cli.serving", url=found.url))
        if found.setup_url is not None:
            write_line(voice.say("cli.setup_link", url=found.setup_url))

    async def run() -> None:
        async with Studio(settings) as studio:
            await serve(studio, chosen, announce, driving=driving)

    run_service(run())
    return 0
