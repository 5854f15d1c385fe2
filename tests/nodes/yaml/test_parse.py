"""yaml.parse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.nodes.yaml.parse import Parse
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Parse)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("~", None),
        ("yes", "yes"),
        ("on: off", {"on": "off"}),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1_0", "1_0"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2026-01-01", "2026-01-01"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("12:30", "12:30"),
        ("|\n a\n b\n", "a\nb\n"),
        (">-\n a\n b\n", "a b"),
        ("? a\n: b", {"a": "b"}),
        ("1: x", {"1": "x"}),
        ("- - 1\n  - 2", [[1, 2]]),
        ("&a [1]", [1]),
        ('"\\u00e9"', "é"),
        ("{a: [1, {b: }]}", {"a": [1, {"b": None}]}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
async def test_values(run, text, data) -> None:
    assert (await run(Parse, text=text))["data"] == data


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!!python/object/apply:os.system [ls]", "tag"),
        ("!mine 1", "tag"),
        ("!!binary aGk=", "tag"),
        ("!!set {a}", "tag"),
        ("a: 1\na: 2", "key_twice"),
        ("<<: {a: 1}", "merge_key"),
        ("[1]: 2", "key"),
        ("? [a]\n: 1", "key"),
        ("&a 1: x\n*a : y", "key"),
        (".nan", "not_finite"),
        ("-.inf", "not_finite"),
        ("1e999", "not_finite"),
        ("99999999999999999999", "number_range"),
        ("0xFFFFFFFFFFFFFFFFFF", "number_range"),
        ("a: *nothing", "unknown_alias"),
        ("&a [*a]", "unknown_alias"),
    ],
)
async def test_refusals(fails, text, code) -> None:
    assert (await fails(f"yaml.{code}", Parse, text=text)).message.startswith("Line ")


@pytest.mark.parametrize(
    "text", ["a: [1", "a: b: c", "\t- a", "'", "%YAML 9.9\n---\n", "- a\nb", "\x00", '"\\x"', "@a", "a: |x"]
)
async def test_broken_texts(fails, text) -> None:
    await fails("yaml.not_yaml", Parse, text=text)


async def test_bombs(fails) -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for n in range(1, 9):
        laughs += f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n"
    await fails("yaml.too_many", Parse, text=laughs)
    await fails("yaml.nesting", Parse, text="[" * 200 + "]" * 200)
    await fails("yaml.nesting", Parse, text="- " * 150 + "a")


async def test_aliases_and_documents(run) -> None:
    assert (await run(Parse, text="a: &x {k: [1]}\nb: *x"))["data"]["b"] == {"k": [1]}
    assert (await run(Parse, text="&k a: 1\nb: *k"))["data"] == {"a": 1, "b": "a"}
    assert (await run(Parse, text="--- 1\n--- 2\n...\n"))["documents"] == [1, 2]


@given(st.text(max_size=40) | st.text("a:-[]{}&*!|>'\"#%@,? \n\t0", max_size=40))
async def test_any_text_gives_data_or_an_error(text) -> None:
    with NodeTester(Parse) as tester:
        result = await tester.run({"text": "{{ text }}"}, scope={"text": text})
    assert result.error is None or result.error.code.startswith("yaml.")


async def test_long_texts(run) -> None:
    assert len((await run(Parse, text="- {a: 1}\n" * 300))["data"]) == 300
