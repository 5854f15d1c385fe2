"""``studio keys import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._passphrase import passphrase
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    file: Annotated[Path, typer.Argument(help="What `studio keys export` wrote", show_default=False)],
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", metavar="F", help="Read it from here; else STUDIO_PASSPHRASE, else asked"),
    ] = None,
    data: DataOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Put the master key of an export into a data folder that has none, before a backup is restored there."""
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    secret = passphrase(passphrase_file, voice, twice=False)
    path = Maintenance(settings_from(data=data, lang=voice.lang)).import_keys(file, secret)
    if json:
        write_json({"file": str(path)})
    else:
        write(voice.say("cli.written", path=str(path)) + "\n")
    return 0
