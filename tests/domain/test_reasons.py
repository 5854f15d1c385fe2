"""What libraries say is said in every language."""

from __future__ import annotations

import errno
import os

import orjson
import pytest
import re2

from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.domain.reasons import json_fault, json_reason, os_reason, regex_reason
from studio.i18n import render

WRONG_JSON = [
    "", " ", "{", "[1,]", "01", "-a", "1e999", '"\\q"', '"\\ud800"', '"\\udc00"', '"\x01"', "{a:1}", "nul!", "[1 2]",
    '{"a":1]', "1 2", "[" * 2000, "\ufeff1", b'"\xff"',
]  # fmt: skip
WRONG_PATTERNS = [
    "*", "a**", "(a", "[a", "(?=a)", "a{2000}", r"\1", "[z-a]", "a)", "a\\", "(?P<n", "(?P<1",
]  # fmt: skip


def in_french(reason: str) -> str:
    error = UserError("cli.event_not_json", "The event is not JSON: {reason}. Name a file as @FILE.", reason=reason)
    return render(error.code, error.template, error.arguments, "fr")


@pytest.mark.parametrize("text", WRONG_JSON)
def test_json(text: str | bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError) as caught:
        orjson.loads(text)
    assert isinstance(json_fault(caught.value), Phrase)
    said = json_reason(caught.value)
    assert f"line {caught.value.lineno}, column {caught.value.colno}" in said
    assert "ligne 1, colonne" in in_french(said)


@pytest.mark.parametrize("pattern", WRONG_PATTERNS)
def test_patterns(pattern: str) -> None:
    options = re2.Options()
    options.log_errors = False
    with pytest.raises(re2.error) as caught:
        re2.compile(pattern, options)
    said = regex_reason(caught.value)
    assert isinstance(said, Phrase)
    assert str(said) not in in_french(said) or said.code == "reason.regex_part"


@pytest.mark.parametrize("name", ["ENOENT", "EACCES", "EISDIR", "ENOTDIR", "ENOSPC", "EROFS", "ENAMETOOLONG", "EIO"])
def test_the_operating_system(name: str) -> None:
    number = getattr(errno, name)
    said = os_reason(OSError(number, os.strerror(number)))
    assert said == os.strerror(number)
    assert os.strerror(number) not in in_french(said)


def test_what_is_not_known_is_passed_on() -> None:
    assert os_reason(OSError("odd")) == "OSError"
    assert os_reason(OSError(errno.ENOTTY, "Inappropriate ioctl for device")) == "Inappropriate ioctl for device"
    assert json_reason(ValueError("odd")) == "odd"
    assert regex_reason(ValueError(b"odd: (x)")) == "odd: (x)"
    assert regex_reason(ValueError()) == ""
