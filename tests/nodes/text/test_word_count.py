"""text.word_count."""

from __future__ import annotations

from studio.nodes.text.word_count import WordCount


async def test_examples(examples) -> None:
    await examples(WordCount)


async def test_scripts(run) -> None:
    assert (await run(WordCount, text="كيف حالك؟ بخير."))["words"] == 3
    assert (await run(WordCount, text="Ο Σωκράτης"))["letters"] == 9


async def test_no_end_mark_is_one_sentence(run) -> None:
    assert (await run(WordCount, text="no end"))["sentences"] == 1
