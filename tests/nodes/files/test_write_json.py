"""files.write_json."""

from __future__ import annotations

import orjson

from studio.nodes.files.write_json import WriteJson, _more
from studio.testing import NodeTester, ScratchItems


async def test_examples(examples) -> None:
    await examples(WriteJson)


async def test_long_lists_and_what_is_no_json() -> None:
    with NodeTester(WriteJson) as tester:
        chunked = await tester.run({"path": "a.json", "data": "{{ items }}", "indent": False}, scope={"items": [1, 2]})
        assert chunked.output == {"path": "a.json", "size": 6}
        file = tester.file(b"x", "x")
        refused = await tester.run({"path": "a.json", "data": {"f": "{{ f }}"}}, scope={"f": file})
        assert refused.error is not None
        assert refused.error.code == "files.not_json"
        assert (tester.files / "a.json").read_text() == "[1,2]\n"


def test_pages_are_written_like_a_list() -> None:
    assert orjson.dumps({"a": ScratchItems([1, 2])}, default=_more) == b'{"a":[1,2]}'
