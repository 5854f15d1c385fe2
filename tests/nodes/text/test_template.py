"""text.template."""

from __future__ import annotations

from studio.nodes.text.template import Template
from studio.testing import NodeTester


async def test_examples(examples) -> None:
    await examples(Template)


async def test_values_become_text(run) -> None:
    assert (await run(Template, template=None))["text"] == ""
    assert (await run(Template, template=True))["text"] == "true"
    assert (await run(Template, template=[1.5, "é"]))["text"] == '[1.5,"é"]'


async def test_what_is_no_data_is_refused(fails) -> None:
    with NodeTester(Template) as tester:
        result = await tester.run({"template": "{{ f }}"}, scope={"f": tester.file(b"x", "x.txt")})
    assert result.error is not None
    assert result.error.code == "text.not_writable"
