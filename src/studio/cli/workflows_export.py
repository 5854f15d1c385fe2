"""``studio workflows export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_as_it_is, write_json
from studio.cli.remote.connection import needed, on_server
from studio.cli.remote.files import write_files
from studio.cli.remote.run import reference
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import FileModel


def command(
    workflow: Annotated[
        list[str], typer.Argument(metavar="KEY...", help="Keys or ids; KEY is the draft, KEY@3 a version")
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="PLACE", help="A folder, or FILE.zip; without it the workflow goes to stdout"),
    ] = None,
    as_format: Annotated[str, typer.Option("--format", metavar="yaml|json", help="Of the files")] = "yaml",
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Write workflows of a server as files, and with --to the workflows that they call, too.

    In files a call names a file, so what was exported into one folder runs there, and can be imported again.
    """
    voice = Voice(lang)
    url = needed(server)
    chosen: Any = as_format
    if to is None and len(workflow) > 1:
        raise UserError("cli.export_to", "Say by --to where several workflows go: a folder, or FILE.zip.").at(
            param="--to"
        )

    if to is not None and to.suffix == ".zip":
        content = on_server(
            url, voice.lang, lambda client: client.export_workflows({"workflows": workflow, "format": chosen})
        )
        to.write_bytes(content)
        return _written([to], voice, as_json=json)

    async def work(client: Client) -> list[FileModel]:
        found: dict[str, FileModel] = {}
        asked: dict[str, FileModel] = {}
        for one in workflow:
            key, _, which = one.partition("@")
            number = reference(one)[1] if which else None
            if number == "published":
                number = (await client.show_workflow(key))["published"]
            version = number if isinstance(number, int) else None
            first, *others = (await client.export_workflow(key, version=version, format=chosen))["files"]
            asked[first["name"]] = first
            found.update((other["name"], other) for other in others)
        return list({**found, **asked}.values()) if to is not None else list(asked.values())

    files = on_server(url, voice.lang, work)
    if to is None:
        write_as_it_is(files[0]["text"])
        return 0
    return _written(write_files(to, files), voice, as_json=json)


def _written(paths: list[Path], voice: Voice, *, as_json: bool) -> int:
    if as_json:
        write_json({"files": [str(path) for path in paths]})
    else:
        write("".join(voice.say("cli.written", path=str(path)) + "\n" for path in paths))
    return 0
