"""``studio nodes list``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli._options import DataOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import table, write, write_error, write_json

if TYPE_CHECKING:
    from studio.bootstrap import NodeFacts, Nodes


def command(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="Only what fits, best first")] = None,
    pack: Annotated[str | None, typer.Option("--pack", metavar="PACK", help="Only this pack")] = None,
    data: DataOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List node types with title, category, pack, version and effect."""
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.nodes import list_nodes

        return list_nodes(server, " ".join(words or ()), pack, voice, as_json=json)
    studio = Studio(settings_from(data=data, lang=voice.lang))
    found = studio.nodes.list(" ".join(words) if words else None, pack)
    show_types([_facts(facts, studio.nodes, voice.lang) for facts in found], voice, as_json=json)
    if json:
        return 0
    for facts in studio.nodes.packs():
        for problem in facts.problems:
            reason = voice.sentence(problem.code, problem.template, problem.args)
            write_error(voice.say("doctor.pack_problem", pack=facts.id, file=problem.file, reason=reason) + "\n")
    return 0


def show_types(found: Sequence[Mapping[str, Any]], voice: Voice, *, as_json: bool) -> None:
    """Print node types, and what they need that is not there."""
    if as_json:
        write_json({"nodes": found})
        return
    head = [voice.say(f"cli.column.{name}") for name in ("type", "title", "category", "pack", "version", "effect")]
    rows = [
        [one["type"], f"{one['title']} *" if one["missing"] else one["title"], one["category"], one["pack"],
         str(one["version"]), one["effect"]]
        for one in found
    ]  # fmt: skip
    write(table(rows, head) if rows else voice.say("cli.no_nodes") + "\n")
    for install in sorted({one["install"] for one in found if one["missing"] and one["install"]}):
        write("\n" + voice.say("cli.missing_install", install=install) + "\n")


def _facts(facts: NodeFacts, nodes: Nodes, lang: str) -> dict[str, Any]:
    return {
        "type": facts.type,
        "title": nodes.title(facts, lang),
        "category": facts.category,
        "pack": facts.pack,
        "version": facts.version,
        "effect": str(facts.effect),
        "description": nodes.description(facts, lang),
        "missing": list(facts.missing),
        "install": facts.install,
    }
