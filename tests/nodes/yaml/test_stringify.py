"""yaml.stringify."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from studio.nodes.json._same import same
from studio.nodes.yaml._write import write_yaml
from studio.nodes.yaml.parse import Parse
from studio.nodes.yaml.stringify import Stringify
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Stringify)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "~",
        "null",
        "0x1f",
        "1e3",
        "- a",
        "a: b",
        " a",
        "a ",
        "a\nb\n",
        "a\n b\n\n",
        "\na\n",
        "#x",
        "a #x",
        "=",
        "<<",
        "12:30",
        "y",
    ]
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(PLAIN, st.booleans())
async def test_what_is_written_is_read(data, sort_keys) -> None:
    text = write_yaml(data, sort_keys)
    with NodeTester(Parse) as tester:
        result = await tester.run({"text": "{{ text }}"}, scope={"text": text})
    assert result.error is None, text
    assert same(result.output["data"], data), text


@given(PLAIN)
def test_other_readers_agree(data) -> None:
    read = YAML(typ="safe", pure=True).load(write_yaml(data, sort_keys=False))
    assert read == data


async def test_bounds(run, fails) -> None:
    deep: list = [1]
    for _ in range(120):
        deep = [deep]
    await fails("yaml.too_deep", Stringify, data="{{ deep }}", scope={"deep": deep})
    await fails("yaml.too_long", Stringify, data=["x" * 1_000_000] * 20)
    assert (await run(Stringify, data={}))["text"] == "{}\n"
    assert (await run(Stringify, data=[]))["text"] == "[]\n"
