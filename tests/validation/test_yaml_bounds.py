"""YAML that would keep its reader busy, or fill messages."""

from __future__ import annotations

import pytest

from studio.validation.document import load


@pytest.mark.parametrize(
    "text",
    [
        "!" * 3_000_000,
        "a: !<" + "x" * 3_000_000 + "> b",
        "%TAG ! " + "x" * 3_000_000 + "\n---\na",
        "[!!" + "s" * 3_000_000,
    ],
    ids=["bangs", "verbatim", "directive", "open"],
)
def test_long_tags_are_refused_at_once(text: str) -> None:
    found = load(text)
    assert found.workflow is None
    assert [each.code for each in found.problems] == ["workflow.yaml_syntax"]
    assert all(len(each.message) < 400 for each in found.problems)


def test_tags_that_may_stand_still_do() -> None:
    found = load(
        "studio: 1\nname: !!str x\nnodes: !!map {a: {type: flow.set, params: {values: !<tag:yaml.org,2002:map> {}}}}"
    )
    assert not found.problems


def test_messages_stay_short_whatever_an_alias_is_called() -> None:
    found = load("name: *" + "a" * 1_000_000)
    assert all(len(each.message) < 400 for each in found.problems)
