"""``studio validate``: every problem of workflow files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli._errors import EXIT_INVALID, problem_json, problem_lines, shown_path
from studio.cli._options import (
    AllowPathOption,
    DataOption,
    DebugOption,
    JsonOption,
    LangOption,
    ServerOption,
    refuse_with_server,
    settings_from,
)
from studio.cli._say import Voice
from studio.cli._terminal import write, write_error, write_json


def command(
    files: Annotated[list[Path], typer.Argument(help="Workflow files", show_default=False)],
    data: DataOption = None,
    allow_path: AllowPathOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Check workflow files, with everything they call, and print every problem with its place and a suggestion.

    Exit code: 0 all valid (warnings are printed), 2 one is not. With --server they are checked against what there is
    on that server: its node types, workflows and credentials.
    """
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.documents import validate

        refuse_with_server({"--allow-path": allow_path})
        return validate(server, files, voice, as_json=json)
    studio = Studio(settings_from(data=data, allow_path=allow_path, lang=voice.lang))
    documents = [studio.documents.read(file) for file in files]
    valid = all(document.valid for document in documents)
    if json:
        reports = [
            {
                "file": shown_path(document),
                "valid": document.valid,
                "problems": [
                    problem_json(shown_path(one), problem, voice) for one in document.all() for problem in one.problems
                ],
            }
            for document in documents
        ]
        write_json({"valid": valid, "files": reports})
        return 0 if valid else EXIT_INVALID
    for document in documents:
        for one in document.all():
            for problem in one.problems:
                write_error("\n".join(problem_lines(shown_path(one), problem, voice)) + "\n")
        verdict = "cli.valid" if document.valid else "cli.not_valid"
        write(voice.say(verdict, file=shown_path(document)) + "\n")
    return 0 if valid else EXIT_INVALID
