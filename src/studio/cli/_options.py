"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from studio.cli._say import speak_for
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.bootstrap import Settings

DataOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder; STUDIO_DATA, else ~/.local/share/studio"),
]
DbOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="Database, postgresql://…; STUDIO_DB, else SQLite in the data folder"),
]
LangOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--lang", metavar="LANG", help="Language of messages: en, fr or ar; else the environment's"),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]
DebugOption: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error")]
AllowPathOption: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--allow-path", metavar="PATH", help="Let file nodes reach this too; also STUDIO_ALLOW_PATHS (a:b)"),
]
AllowHostOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="HOST",
        help="Let nodes reach this HOST[:PORT] or CIDR although it is private; also STUDIO_ALLOW_HOSTS (a,b)",
    ),
]

ServerOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="STUDIO_SERVER",
        show_envvar=False,
        help="Act on this Studio server, where you have logged in, not here; also STUDIO_SERVER",
    ),
]


def refuse_with_server(given: Mapping[str, object]) -> None:
    """Refuse options that mean something on this machine only.

    Raises:
        UserError: One of them was given.
    """
    for name, value in given.items():
        if value:
            raise UserError("cli.option_here", "{option} cannot be used with --server.", option=name).at(param=name)


def refuse_without_server(given: Mapping[str, object]) -> None:
    """Refuse options that mean something on a server only.

    Raises:
        UserError: One of them was given.
    """
    for name, value in given.items():
        if value:
            raise UserError("cli.option_there", "{option} is for a server: give --server too.", option=name).at(
                param=name
            )


def data_folder(given: Path | None) -> Path:
    """The data folder that was asked for, or the environment's, or the default."""
    named = given or os.environ.get("STUDIO_DATA")
    return Path(named).expanduser().absolute() if named else Path.home() / ".local" / "share" / "studio"


def database(given: str | None) -> str | None:
    """The database URL; None for SQLite in the data folder."""
    return given or os.environ.get("STUDIO_DB") or None


def allowed_paths(given: list[Path] | None) -> list[str]:
    """Folders and files that are allowed, by option and by environment."""
    named = [part for part in os.environ.get("STUDIO_ALLOW_PATHS", "").split(":") if part]
    return [str(Path(path).expanduser().absolute()) for path in [*(given or []), *named]]


def allowed_hosts(given: list[str] | None) -> list[str]:
    """Hosts that are allowed, by option and by environment."""
    named = os.environ.get("STUDIO_ALLOW_HOSTS", "").replace(",", " ").split()
    return [part for host in given or [] for part in host.replace(",", " ").split()] + named


def settings_from(
    *,
    data: Path | None = None,
    db: str | None = None,
    allow_path: list[Path] | None = None,
    allow_host: list[str] | None = None,
    lang: str = "en",
) -> Settings:
    """Settings from the options of a command and the environment."""
    from studio.bootstrap import Settings

    settings = Settings(
        data=data_folder(data),
        db=database(db),
        lang=lang,
        allow_paths=tuple(allowed_paths(allow_path)),
        allow_hosts=tuple(allowed_hosts(allow_host)),
    )
    speak_for(settings)
    return settings
