"""``studio nodes list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DataOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import table, write, write_error, write_json

if TYPE_CHECKING:
    from studio.bootstrap import NodeFacts, Nodes


def command(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="Only what fits, best first")] = None,
    pack: Annotated[str | None, typer.Option("--pack", metavar="PACK", help="Only this pack")] = None,
    data: DataOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List node types with title, category, pack, version and effect."""
    from studio.bootstrap import Studio

    voice = Voice(lang)
    studio = Studio(settings_from(data=data, lang=voice.lang))
    found = studio.nodes.list(" ".join(words) if words else None, pack)
    if json:
        write_json({"nodes": [_facts(facts, studio.nodes, voice.lang) for facts in found]})
        return 0
    head = [voice.say(f"cli.column.{name}") for name in ("type", "title", "category", "pack", "version", "effect")]
    rows = [
        [facts.type, _title(facts, studio.nodes.title(facts, voice.lang)), facts.category, facts.pack,
         str(facts.version), str(facts.effect)]
        for facts in found
    ]  # fmt: skip
    write(table(rows, head) if rows else voice.say("cli.no_nodes") + "\n")
    missing = {facts.install for facts in found if facts.missing and facts.install}
    for install in sorted(missing):
        write("\n" + voice.say("cli.missing_install", install=install) + "\n")
    for facts in studio.nodes.packs():
        for problem in facts.problems:
            reason = voice.sentence(problem.code, problem.template, problem.args)
            write_error(voice.say("doctor.pack_problem", pack=facts.id, file=problem.file, reason=reason) + "\n")
    return 0


def _title(facts: NodeFacts, title: str) -> str:
    return f"{title} *" if facts.missing else title


def _facts(facts: NodeFacts, nodes: Nodes, lang: str) -> dict[str, object]:
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
