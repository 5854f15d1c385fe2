"""http.build_url."""

from __future__ import annotations

from studio.nodes.http.build_url import BuildUrl


async def test_examples(examples) -> None:
    await examples(BuildUrl)


async def test_what_cannot_be_built(fails) -> None:
    await fails("http.bad_url", BuildUrl, base="http://[x")
    await fails("http.bad_segment", BuildUrl, base="http://x", segments=[""])
    await fails("http.bad_value", BuildUrl, base="http://x", query={"a": {"b": 1}})
