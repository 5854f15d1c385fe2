"""http.parse_url."""

from __future__ import annotations

from studio.nodes.http.parse_url import ParseUrl


async def test_examples(examples) -> None:
    await examples(ParseUrl)
