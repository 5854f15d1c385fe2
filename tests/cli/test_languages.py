"""What the command line says in French and Arabic, down to the parts of its sentences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

MANIFEST = 'id = "mine"\ntitle = "M"\ncategory = "data"\ndescription = "Mine"\nowners = ["me"]\n'
NODE = '''
from studio.sdk import BaseNode, Effect, NodeModel, Param, UserError, describe


class Refuse(BaseNode):
    """Refuse."""

    type = "mine.refuse"
    effect = Effect.PURE

    class Input(NodeModel):
        a: int = Param(ge=1, description="How many")

    class Output(NodeModel):
        text: str

    async def run(self, input, ctx):
        if input.a == 1:
            return {"text": ctx.translate("hello", name="Ada")}
        raise UserError("mine.too_many", "There are {count}: {found}.", count=input.a, found=describe([1, 2]))
'''
STRINGS = """
[errors]
"mine.too_many" = {one = "Il y en a un : {found}.", other = "Il y en a {count} : {found}."}
[texts]
hello = "Bonjour {name}"
["mine.refuse"]
title = "Refuser"
params = {a = "Combien"}
"""
FILE = """
studio: 1
name: m
inputs: {a: {type: integer}}
nodes:
  r: {type: mine.refuse, params: {a: "{{ inputs.a }}"}}
output: "{{ r.text }}"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A workflow with a node of a pack in the data folder."""
    pack = tmp_path / "data" / "packs" / "mine"
    (pack / "strings").mkdir(parents=True)
    (pack / "manifest.toml").write_text(MANIFEST)
    (pack / "refuse.py").write_text(NODE)
    (pack / "strings" / "fr.toml").write_text(STRINGS)
    (pack / "strings" / "en.toml").write_text('[texts]\nhello = "Hello {name}"\n')
    file = tmp_path / "work" / "m.yaml"
    file.write_text(FILE)
    return file


def test_a_pack_of_ones_own_speaks(cli: Any, mine: Path) -> None:
    assert cli("run", str(mine), "--input", "a=1").out == "Hello Ada\n"
    assert cli("run", str(mine), "--input", "a=1", "--lang", "fr").out == "Bonjour Ada\n"
    assert cli("run", str(mine), "--input", "a=1", "--lang", "ar").out == "Hello Ada\n"
    failed = cli("run", str(mine), "--input", "a=5", "--lang", "fr", "--json", code=1).json
    assert failed["error"]["message"] == "Il y en a 5 : une liste de 2 éléments."
    shown = cli("executions", "show", failed["execution_id"], "--lang", "fr").out
    assert "Il y en a 5 : une liste de 2 éléments." in shown
    invalid = cli("run", str(mine), "--input", "a=0", "--lang", "fr", "--json", code=1).json
    assert invalid["error"]["message"] == ("Paramètre a de mine.refuse : devrait valoir au moins 1 ; reçu le nombre 0.")
    assert "Combien" in cli("nodes", "show", "mine.refuse", "--lang", "fr").out


def test_files_are_checked_with_the_packs_of_a_data_folder(
    cli: Any, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "other"))
    assert "mine.refuse" in cli("validate", str(mine), code=2).err
    cli("validate", str(mine), "--data", str(tmp_path / "data"))
    assert "mine.refuse" in cli("graph", str(mine), "--data", str(tmp_path / "data")).out


@pytest.mark.parametrize(
    ("arguments", "french"),
    [
        (["run"], "FILE manque"),
        (["run", "x.yaml", "--nope"], "pas d'option --nope"),
        (["run", "x.yaml", "y", "z"], "Trop d'arguments : y z"),
        (["run", "x.yaml", "--wait"], "--wait a besoin d'une valeur"),
        (["executions", "list", "--limit", "many"], "--limit : devrait être un nombre entier"),
    ],
)
def test_wrong_words(cli: Any, arguments: list[str], french: str) -> None:
    result = cli("--lang=fr", *arguments, code=2)
    assert french in result.err
    assert result.err.startswith("Erreur : ")


INVALID = """
studio: 1
name: ''
nodes:
  a: {type: list.sort, params: {items: 5, by: 7}}
  b: {type: flow.wait, params: {}}
  c: {type: flow.map, params: {items: [1], concurrency: 0}, body: {nodes: {d: {type: flow.noop}}}}
  e: {type: text.slugify, params: {text: "{{ [1] }}"}}
  f: {type: flow.if, params: {condition: "{{ 1 + 'a' }}"}}
inputs: {n: {type: integer, default: x, minimum: 3}}
settings: {timeout: -1}
"""


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_no_english_is_left_in_problems(cli: Any, tmp_path: Path, lang: str) -> None:
    names = {"studio", "name", "items", "by", "seconds", "until", "concurrency", "text", "timeout", "settings", "n"}
    for text in (INVALID, INVALID.replace("name: ''", "name: x").replace("-1", "10s")):
        file = tmp_path / "work" / "i.yaml"
        file.write_text(text)
        for problem in cli("validate", str(file), "--lang", lang, "--json", code=2).json["files"][0]["problems"]:
            plain = re.sub(r"`[^`]*`|'[^']*'|« [^»]* »", "", problem["message"])
            words = set(re.findall(r"[A-Za-z]{3,}", plain)) - names
            english = words & {"should", "the", "not", "text", "number", "list", "give", "either", "expected", "got"}
            assert not english, problem


def test_the_forms_of_a_function_of_an_item(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "work" / "p.yaml"
    file.write_text("""
studio: 1
name: p
nodes:
  a: {type: list.map, params: {items: [{n: 2}, {n: 1}], value: {k: "{{ item.n }}", t: "no {{ index }}"}}}
  b: {type: list.sort, params: {items: [{n: 2}, {n: 1}], by: ["{{ item.n }}", n]}}
  c: {type: list.map, params: {items: [{n: 2}], value: "{{ item.n }} of {{ inputs.x }}"}}
inputs: {x: {default: 9}}
output: "{{ [a.items, b.items, c.items] }}"
""")
    assert cli("run", str(file), "--json").json["output"] == [
        [{"k": 2, "t": "no 0"}, {"k": 1, "t": "no 1"}],
        [{"n": 1}, {"n": 2}],
        ["2 of 9"],
    ]
