"""Writing documents: what is written reads well, and reads back the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.workflow import Workflow
from studio.validation import load, save

TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(alphabet=" \n\t:-#'\"{}|>&*!%@`ab1.e[],?~\\\r\x85\u2028\ufeff", max_size=12),
    st.sampled_from(
        ["yes", "null", "~", "1e3", "0x1f", "- a", "a: b", "{{ a.b }}", '{{ "x" }}', "true", ".inf", "=", ""]
    ),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


def workflow(**fields: Any) -> Workflow:
    return Workflow.model_validate({"studio": 1, "name": "x", **fields})


@given(st.dictionaries(TEXTS, TREES, max_size=4), TREES, TEXTS.filter(lambda text: 0 < len(text) < 200))
@settings(max_examples=120, deadline=None)
def test_what_is_written_reads_back_the_same(params: dict[str, Any], output: Any, name: str) -> None:
    whole = Workflow.model_validate(
        {
            "studio": 1,
            "name": name,
            "inputs": {"a": {"default": output}},
            "nodes": {
                "a": {"type": "t.b", "params": params, "notes": name, "run_if": output, "retry": {"factor": 3}},
                "b": {"type": "t.c", "slots": {"tools": [{"id": "s", "type": "t.d", "args": params}]}},
                "c": {
                    "type": "t.e",
                    "body": {"nodes": {"d": {"type": "t.f"}}, "output": output},
                    "finally": {"next": 1},
                },
            },
            "edges": ["a.true -> b.x", {"source": "a", "target": "b", "port": name}],
            "output": output,
            "settings": {"timeout": "10m", "tags": [name]},
            "canvas": {"positions": {"a": (1, 2.5)}, "zoom": output},
        }
    )
    for source in ("flow.yaml", "flow.json"):
        text = save(whole, "yaml" if source == "flow.yaml" else "json")
        loaded = load(text, source=source)
        assert loaded.workflow == whole, text
        assert save(loaded.workflow) == save(whole)


@pytest.mark.parametrize("name", ["a\n", "a\n\n", "a\nb\n\n\n", "\na\n\n", " a\n\n"])
def test_line_breaks_at_the_end_are_kept(name: str) -> None:
    whole = Workflow.model_validate({"studio": 1, "name": name, "description": name, "settings": {"tags": [name, "b"]}})
    assert load(save(whole)).workflow == whole


def test_the_order_is_that_of_the_format_and_texts_read_well() -> None:
    written = save(
        workflow(
            canvas={"positions": {"load": [0, 0]}},
            settings={"timeout": "10m"},
            output="{{ places.results }}",
            edges=["load.true -> places"],
            nodes={
                "load": {
                    "params": {
                        "path": "data/a b.json",
                        "code": "one\n  two\n",
                        "tail": "a\nb",
                        "quoted": "{{ \"x\" + 'y' }}",
                        "items": [],
                        "rows": [{"a": 1, "b": [1, 2]}, ["x", True]],
                    },
                    "type": "files.read_json",
                }
            },
            inputs={"n": {"type": "number", "default": 5}},
            description="What it\ndoes",
        )
    )
    assert written == (
        "studio: 1\n"
        "name: x\n"
        "description: |-\n"
        "  What it\n"
        "  does\n"
        "\n"
        "inputs:\n"
        "  n:\n"
        "    type: number\n"
        "    default: 5\n"
        "\n"
        "nodes:\n"
        "  load:\n"
        "    type: files.read_json\n"
        "    params:\n"
        "      path: data/a b.json\n"
        "      code: |\n"
        "        one\n"
        "          two\n"
        "      tail: |-\n"
        "        a\n"
        "        b\n"
        "      quoted: '{{ \"x\" + ''y'' }}'\n"
        "      items: []\n"
        "      rows:\n"
        "        - a: 1\n"
        "          b: [1, 2]\n"
        "        - - x\n"
        "          - true\n"
        "\n"
        "edges:\n"
        "  - load.true -> places\n"
        'output: "{{ places.results }}"\n'
        "\n"
        "settings:\n"
        "  timeout: 10m\n"
        "\n"
        "canvas:\n"
        "  positions:\n"
        "    load: [0, 0]\n"
    )


def test_long_keys_and_blocks_that_begin_with_blanks() -> None:
    whole = workflow(output={"k" * 1500: {"k" * 1200: ["x"]}, "b": "  a\nb\n\n", "c": "\n\na", "d": "\n", "e": "\ta\n"})
    assert load(save(whole)).workflow == whole


def test_json_is_indented() -> None:
    assert save(workflow(), "json") == '{\n  "studio": 1,\n  "name": "x"\n}\n'
