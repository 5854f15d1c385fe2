"""``studio nodes check``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DataOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_error, write_json

if TYPE_CHECKING:
    from studio.bootstrap import ExampleResult


def command(
    packs: Annotated[list[str] | None, typer.Argument(metavar="[PACK|TYPE]...", help="Only these; else all")] = None,
    data: DataOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Run every example of node types and say which do not give what they promise; ends with counts.

    Exit code: 0 none failed, 1 one failed.
    """
    from studio.bootstrap import Studio

    voice = Voice(lang)
    results: list[ExampleResult] = []

    async def check() -> None:
        async with Studio(settings_from(data=data, lang=voice.lang)) as studio:
            async for one in studio.check_nodes(packs or []):
                results.append(one)
                if not json and one.status != "passed":
                    number = f"[{one.index}]" if one.index >= 0 else ""
                    write_error(f"{voice.say('cli.check.' + one.status)}  {one.type}{number}  {one.reason}\n")

    asyncio.run(check())
    counts = {name: sum(1 for one in results if one.status == name) for name in ("passed", "failed", "skipped")}
    types = len({one.type for one in results})
    if json:
        write_json({"results": results, "types": types, **counts})
    else:
        write(voice.say("cli.check.counts", types=types, **counts) + "\n")
    return 1 if counts["failed"] else 0
