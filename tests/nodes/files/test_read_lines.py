"""files.read_lines."""

from __future__ import annotations

import pytest

from studio.nodes.files.read_lines import ReadLines
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(ReadLines)


async def test_long_files_come_in_pages_and_break_nowhere() -> None:
    lines = [f"Zeile {number} — é漢" for number in range(120_000)]
    with NodeTester(ReadLines) as tester:
        result = await tester.run({"path": "a.txt"}, files={"a.txt": "\n".join(lines)})
    assert result.output is not None
    assert list(result.output["items"]) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\n", ["a"]), ("a", ["a"]), ("\n", [""]), ("\n\n", ["", ""]), ("a\r\n\r\nb\r\n", ["a", "", "b"]),
        ("a\rb\x0bc\u2028d\n", ["a\rb\x0bc\u2028d"]),
    ],
)  # fmt: skip
async def test_where_lines_end(text, lines) -> None:
    with NodeTester(ReadLines) as tester:
        result = await tester.run({"path": "a.txt"}, files={"a.txt": text})
    assert result.output == {"items": lines}


async def test_other_encodings_and_endless_lines() -> None:
    with NodeTester(ReadLines) as tester:
        wide = await tester.run({"path": "a", "encoding": "utf-16"}, files={"a": "é\n漢\n".encode("utf-16")})
        endless = await tester.run({"path": "b"}, files={"b": b"x" * (17 * 1024 * 1024)})
        unknown = await tester.run({"path": "b", "encoding": "base64"})
    assert wide.output == {"items": ["é", "漢"]}
    assert endless.error is not None
    assert endless.error.code == "files.line_too_long"
    assert unknown.error is not None
    assert unknown.error.code == "files.unknown_encoding"
