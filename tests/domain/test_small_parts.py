"""Errors, durations, ids, statuses and references."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from studio.domain import errors
from studio.domain.durations import MAX_SECONDS, Duration, parse_duration
from studio.domain.errors import (
    ErrorClass,
    ExpressionError,
    ProviderError,
    RateLimited,
    StudioError,
    UserError,
    WorkflowInvalid,
    classify_status,
    fill,
)
from studio.domain.ids import first_id, item_scope, moments_of, new_id
from studio.domain.lazy import LazyItems
from studio.domain.status import Effect, ExecutionStatus, NodeStatus
from studio.domain.values import BlobRef, FileRef


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("250ms", 0.25), ("10s", 10), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("1.5h", 5400),
     (" 1 H 30 M ", 5400), (5, 5), (0.5, 0.5), ("7", 7), ("0", 0), (MAX_SECONDS, MAX_SECONDS)],
)  # fmt: skip
def test_durations(written: str | float, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "soon", "5x", "-1s", "1h foo", "٣s x", True, -1, MAX_SECONDS + 1, "1e400w", float("nan"), "9" * 400]
)
def test_what_no_duration_is(written: str | float) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(written)


def test_durations_stay_as_they_were_written() -> None:
    class Holder(BaseModel):
        wait: Duration

    assert Holder(wait="1h30m").wait == "1h30m"
    with pytest.raises(ValidationError):
        Holder(wait="soon")


def test_messages() -> None:
    assert fill("no braces", {"a": 1}) == "no braces"
    assert fill("{a} and {b} {a", {"a": 1}) == "1 and {b} {a"
    assert fill("{{ {a} }}", {"a": "{a}"}) == "{{ {a} }}"
    error = UserError("text.bad", "The {thing} is wrong.", thing="door")
    assert str(error) == error.message == "The door is wrong."
    assert error.at("a", "p").at("b", "q") is error
    assert (error.node, error.param) == ("a", "p")


def test_classes_of_errors() -> None:
    assert not ErrorClass.BAD_INPUT.retryable
    assert ErrorClass.RATE_LIMITED.retryable
    assert StudioError("a.b", "x").classification is ErrorClass.PERMANENT
    assert RateLimited("a.b", "x").classification is ErrorClass.RATE_LIMITED
    provider = ProviderError("a.b", "x {n}", status=404, retry_after=3.0, in_doubt=True, n=1)
    assert provider.classification is ErrorClass.BAD_INPUT
    assert (provider.status, provider.retry_after, provider.in_doubt, str(provider)) == (404, 3.0, True, "x 1")
    assert ProviderError("a.b", "x").classification is ErrorClass.TRANSIENT
    expression = ExpressionError("a.b", "x", start=1, end=2, k=3)
    assert (expression.start, expression.end, expression.arguments) == (1, 2, {"k": 3})
    invalid = WorkflowInvalid(["a", "b"])
    assert invalid.problems == ["a", "b"]
    assert "2 problem" in str(invalid)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, "rate_limited"),
        (401, "authentication"),
        (403, "authentication"),
        (408, "transient"),
        (425, "transient"),
        (500, "transient"),
        (503, "transient"),
        (501, "permanent"),
        (505, "permanent"),
        (404, "bad_input"),
        (302, "permanent"),
    ],
)
def test_statuses_of_http(status: int, expected: str) -> None:
    assert classify_status(status) == expected


def test_every_error_stands_in_the_tree() -> None:
    drawn = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, StudioError):
            assert f" {name} " in drawn, name


def test_ids_sort_by_time() -> None:
    ids = [new_id(at) for at in (0, 1, 1.5, 2_000_000_000)]
    assert ids == sorted(ids)
    assert all(len(id) == 26 for id in ids)
    assert len({new_id() for _ in range(1000)}) == 1000
    assert item_scope("", "loop", 3) == "loop[3]/"
    assert item_scope("loop[3]/", "inner", 0) == "loop[3]/inner[0]/"


def test_the_beginning_of_an_id_tells_when_it_was_made() -> None:
    id = new_id(1_700_000_000.123)
    assert moments_of(id) == (1_700_000_000_123, 1_700_000_000_123)
    for length in range(1, 27):
        moments = moments_of(id[:length])
        assert moments is not None
        assert moments[0] <= 1_700_000_000_123 <= moments[1]
        if length >= 2:  # all that a prefix stands for can be written as an id
            assert first_id(moments[0]).startswith(id[: min(length, 10)])
            assert first_id(moments[1]).startswith(id[: min(length, 10)])
    assert moments_of("") is None
    assert moments_of("last") is None
    assert moments_of(id + "0") is None


def test_statuses() -> None:
    terminal = {status for status in ExecutionStatus if status.terminal}
    assert terminal == {"succeeded", "failed", "cancelled", "dead"}
    assert [effect.rank for effect in Effect] == [0, 1, 2, 3, 4]
    assert {effect for effect in Effect if effect.needs_intent} == {Effect.KEYED, Effect.IRREVERSIBLE}
    assert NodeStatus("in_doubt") is NodeStatus.IN_DOUBT


def test_references_have_sizes() -> None:
    assert FileRef(BlobRef("id", 5, b"d"), "a.txt").size == 5


class Numbers:
    """The first few numbers, computed when they are read; a lazy list without saying so."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, key: int | slice) -> Any:
        return range(3)[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(range(3))


class Special(LazyItems, abc.ABC):
    """A kind of its own, to which nothing belongs by its shape."""


def test_lazy_items_are_known_by_their_shape() -> None:
    assert isinstance(Numbers(), LazyItems)
    assert not isinstance(Numbers(), Special)
    for other in ([], {}, "abc", b"abc", set(), 5, None):
        assert not isinstance(other, LazyItems)


def test_what_a_provider_answered_can_be_said() -> None:
    """The status is an argument of the message like any other."""
    error = errors.ProviderError("x.status", "{host} answered with {status}.", status=404, host="h")
    assert error.message == "h answered with 404."
    assert errors.ProviderError("x.down", "{host} is down.", host="h").arguments == {"host": "h"}
