"""``studio nodes show``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from studio.cli._options import DataOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import json_text, table, write, write_json


def command(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="A node type, such as list.filter")],
    data: DataOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show a node type: what it does, its params, outputs and ports, and its examples."""
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.nodes import show_node

        return show_node(server, type, voice, as_json=json)
    nodes = Studio(settings_from(data=data, lang=voice.lang)).nodes
    shown = nodes.show(type)
    if json:
        write_json(shown)
        return 0
    facts = shown["facts"]
    told = {
        "type": facts.type, "title": nodes.title(facts, voice.lang), "effect": str(facts.effect),
        "description": nodes.description(facts, voice.lang), "version": facts.version, "ports": facts.ports,
    }  # fmt: skip
    print_type({**shown, **told, "labels": nodes.labels(facts, voice.lang)}, voice)
    return 0


def print_type(shown: Mapping[str, Any], voice: Voice) -> None:
    """A node type for people."""
    write(f"{shown['type']}  {shown['title']}\n{shown['description']}\n\n")
    write(f"{voice.say('cli.effect')}: {shown['effect']}   {voice.say('cli.version')}: {shown['version']}\n")
    if shown["ports"]:
        write(f"{voice.say('cli.ports')}: {', '.join(shown['ports'])}\n")
    labels: Mapping[str, str] = shown["labels"]
    for part in ("params", "output"):
        rows = _fields(shown[part], labels if part == "params" else {}, voice)
        if rows:
            head = [voice.say(f"cli.{part}"), voice.say("cli.column.type"), voice.say("cli.column.about")]
            write("\n" + table(rows, head))
    for example in shown["examples"]:
        write(f"\n{voice.say('cli.example')}{': ' + example['title'] if example.get('title') else ''}\n")
        write(f"  {json_text(example.get('input', {}))}\n")
        answer = example.get("error") or example.get("output")
        if answer is not None:
            write(f"  → {answer if isinstance(answer, str) else json_text(answer)}\n")


def _fields(schema: dict[str, Any], labels: Mapping[str, str], voice: Voice) -> list[list[str]]:
    """Name, type and help of each field; its label where the help is not in the language."""
    required = set(schema.get("required", ()))
    rows: list[list[str]] = []
    for name, field in schema.get("properties", {}).items():
        rows.append(
            [
                f"{name}{' *' if name in required else ''}",
                _type(field, schema),
                " ".join(filter(None, (labels.get(name) or field.get("description", ""), _form(field, voice)))),
            ]
        )
    return rows


def _form(field: dict[str, Any], voice: Voice) -> str:
    """What its form does beside asking for a value."""
    told: list[str] = []
    parents = ", ".join(field.get("x-depends-on", ()))
    if "x-options" in field:
        told.append(voice.say("cli.choices_by", parents=parents) if parents else voice.say("cli.choices"))
    for name, value in field.get("x-visible-when", {}).items():
        told.append(voice.say("cli.only_where", param=name, value=json_text(value)))
    return " ".join(told)


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """A JSON Schema type in a word or two; of a choice between objects, what tells them apart."""
    if "$ref" in field:
        name = str(field["$ref"]).rsplit("/", 1)[-1]
        return _type(schema.get("$defs", {}).get(name, {}), schema)
    if "enum" in field:
        return " | ".join(str(one) for one in field["enum"])
    if "const" in field:
        return str(field["const"])
    discriminator = field.get("discriminator")
    if discriminator is not None:
        return f"{discriminator['propertyName']}: {' | '.join(discriminator['mapping'])}"
    if field.get("type") == "array" and "discriminator" in field.get("items", {}):
        return f"list[{_type(field['items'], schema)}]"
    for several in ("anyOf", "oneOf"):
        if several in field:
            return " | ".join(dict.fromkeys(_type(one, schema) for one in field[several]))
    if "x-studio" in field:
        return str(field["x-studio"])
    kind: Any = field.get("type", "any")
    return " | ".join(cast("list[str]", kind)) if isinstance(kind, list) else str(kind)
