"""``validate`` and ``diff`` on a server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli._errors import EXIT_INVALID, problem_json, problem_lines
from studio.cli._say import Voice
from studio.cli._terminal import write, write_error, write_json
from studio.cli.remote.connection import on_server, told_problem
from studio.cli.remote.files import read_text
from studio.cli.remote.run import Which, reference
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import DiffOut, ProblemsOut


def validate(server: str, files: Sequence[Path], voice: Voice, *, as_json: bool) -> int:
    """Every problem of workflow files, as the server sees them; returns the exit code."""
    texts = [(str(file), read_text(file)) for file in files]

    async def work(client: Client) -> list[tuple[str, ProblemsOut]]:
        return [(name, await client.validate_document({"text": text})) for name, text in texts]

    found = on_server(server, voice.lang, work)
    valid = all(one["valid"] for _, one in found)
    if as_json:
        reports = [
            {
                "file": name, "valid": one["valid"],
                "problems": [problem_json(name, told_problem(problem), voice) for problem in one["problems"]],
            }
            for name, one in found
        ]  # fmt: skip
        write_json({"valid": valid, "files": reports})
        return 0 if valid else EXIT_INVALID
    for name, one in found:
        for problem in one["problems"]:
            write_error("\n".join(problem_lines(name, told_problem(problem), voice)) + "\n")
        write(voice.say("cli.valid" if one["valid"] else "cli.not_valid", file=name) + "\n")
    return 0 if valid else EXIT_INVALID


def diff(server: str, old: str, new: str, voice: Voice, *, as_json: bool) -> int:
    """What differs between two versions of a workflow there; returns the exit code."""
    (key, first), (other, second) = reference(old), reference(new)
    if key != other:
        raise UserError("cli.diff_keys", "On a server two versions of one workflow are compared: {key}@1 {key}@draft.",
                        key=key[:100])  # fmt: skip

    async def work(client: Client) -> DiffOut:
        return await client.compare_versions(
            key, old=await _side(client, key, first), new=await _side(client, key, second)
        )

    found = on_server(server, voice.lang, work)
    if as_json:
        write_json({"changes": found["changes"]})
    else:
        write((found["text"] or voice.say("cli.no_difference")) + "\n")
    return 1 if found["changes"] else 0


async def _side(client: Client, key: str, which: Which) -> str:
    if which != "published":
        return str(which)
    number = (await client.show_workflow(key))["published"]
    if number is None:
        raise UserError("cli.not_published", "{key} is not published.", key=key)
    return str(number)
