"""files.read_json."""

from __future__ import annotations

import json

import pytest

from studio.nodes.files.read_json import ReadJson
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ReadJson)


@pytest.mark.parametrize("text", ["", "NaN", "[1e999", "{'a': 1}", "[1,]", "\x00", '{"a": 1} x'])
async def test_what_is_not_json(text) -> None:
    with NodeTester(ReadJson) as tester:
        result = await tester.run({"path": "a.json"}, files={"a.json": text})
    assert result.error is not None
    assert result.error.code == "files.bad_json"
    assert "a.json" in result.error.message


async def test_the_place_of_a_mistake_is_named() -> None:
    with NodeTester(ReadJson) as tester:
        result = await tester.run({"path": "a.json"}, files={"a.json": '{\n  "a": 1,\n  b\n}'})
    assert result.error is not None
    assert "line 3" in result.error.message


async def test_depth_and_size_are_bounded() -> None:
    with NodeTester(ReadJson) as tester:
        deep = await tester.run({"path": "a.json"}, files={"a.json": "[" * 201 + "]" * 201})
        fits = await tester.run({"path": "b.json"}, files={"b.json": "[" * 200 + "]" * 200})
        bomb = await tester.run({"path": "c.json"}, files={"c.json": "[" * 100_000})
        long = await tester.run({"path": "d.json", "max_bytes": 3}, files={"d.json": "[1, 2]"})
    assert deep.error is not None
    assert deep.error.code == "files.json_depth"
    assert fits.error is None
    assert bomb.error is not None
    assert bomb.error.code == "files.bad_json"
    assert long.error is not None
    assert long.error.code == "files.too_large"


async def test_a_large_file_is_parsed_off_the_loop() -> None:
    with NodeTester(ReadJson) as tester:
        result = await tester.run({"path": "a.json"}, files={"a.json": json.dumps(list(range(100_000)))})
    assert result.output is not None
    assert result.output["data"][-1] == 99_999
