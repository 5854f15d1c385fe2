"""What Pydantic finds, in Studio's words, in every language."""

from __future__ import annotations

import datetime as dt
import enum
import re
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import AnyUrl, AwareDatetime, Field, NaiveDatetime, TypeAdapter, ValidationError

from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.i18n import LANGUAGES, render
from studio.sdk import File, Items, NodeModel, Param, PerItem, Refusal, Varying, describe, expected_by, reason_for


class Colour(enum.Enum):
    RED = "red"
    BLUE = "dark blue"


class Cat(NodeModel):
    kind: Literal["cat"]


class Dog(NodeModel):
    kind: Literal["dog"]


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]

CASES: list[tuple[Any, Any, str]] = [
    (str, 5, "should be a text"),
    (int, "x", "should be a whole number"),
    (int, 1.5, "should be a whole number"),
    (float, "x", "should be a number"),
    (Decimal, "x", "should be a number"),
    (bool, 7, "should be true or false"),
    (list[int], 5, "should be a list"),
    (dict[str, int], 5, "should be an object"),
    (Cat, 5, "should be an object"),
    (dt.date, "x", "should be a date such as 2024-05-31"),
    (dt.datetime, "x", "should be a date and time such as 2024-05-31T12:00:00Z"),
    (dt.time, "x", "should be a time of day such as 12:30:00"),
    (dt.timedelta, "x", "should be a duration such as PT1H30M, or a number of seconds"),
    (AwareDatetime, "2024-05-31T12:00:00", "should name its time zone"),
    (NaiveDatetime, "2024-05-31T12:00:00Z", "should name no time zone"),
    (uuid.UUID, "x", "should be a UUID"),
    (AnyUrl, "x", "should be an address such as https://example.org/path"),
    (None, 5, "should be null"),
    (Literal["a", 1], "b", "should be `a` or `1`"),
    (Literal["it's so"], "b", "should be `"),
    (Colour, "green", "should be `red` or `dark blue`"),
    (Annotated[int, Field(ge=3)], 1, "should be at least 3"),
    (Annotated[int, Field(gt=3)], 1, "should be more than 3"),
    (Annotated[int, Field(le=3)], 4, "should be at most 3"),
    (Annotated[float, Field(lt=3)], 4, "should be less than 3"),
    (Annotated[int, Field(multiple_of=3)], 4, "should be a multiple of 3"),
    (Annotated[str, Field(min_length=2)], "a", "should have at least 2 characters"),
    (Annotated[str, Field(max_length=2)], "aaa", "should have at most 2 characters"),
    (Annotated[str, Field(pattern="^a$")], "b", "should match the pattern ^a$"),
    (Annotated[list[int], Field(min_length=2)], [1], "should have at least 2 items"),
    (Annotated[list[int], Field(max_length=1)], [1, 2], "should have at most 1 items"),
    (Annotated[float, Field(allow_inf_nan=False)], float("nan"), "should be a finite number"),
    (Cat, {}, "is missing"),
    (Cat, {"kind": "cat", "age": 3}, "is unknown here"),
    (Pet, {}, "should say by kind which kind it is"),
    (Pet, {"kind": "cow"}, "is of no known kind; kind should be `cat` or `dog`"),
    (File, 5, "should be a file that another node gives"),
    (Items, 5, "should be a list"),
    (Annotated[PerItem[Any], Varying], 5, "should be an expression for each item, such as `{{ item.id }}`"),
]


def findings(kind: Any, value: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return list(caught.value.errors(include_url=False))


@pytest.mark.parametrize(("kind", "value", "reason"), CASES)
def test_reasons(kind: Any, value: Any, reason: str) -> None:
    found = reason_for(findings(kind, value)[0])
    assert found.startswith(reason)
    assert isinstance(found, Phrase)
    for lang in set(LANGUAGES) - {"en"}:
        said = render("odd.code", "{it}", {"it": found}, lang)
        plain = re.sub(r"`[^`]*`|https?\S+|PT1H30M|[0-9T:Z-]+", "", said)
        assert not {"should", "the", "is", "at", "least"} & set(plain.split()), said


def test_what_else_a_validator_raises() -> None:
    def refusing(error: Exception) -> dict[str, Any]:
        return {"type": "value_error", "msg": "Value error, x", "ctx": {"error": error}}

    assert (
        reason_for(refusing(Refusal("flow.wait_one", "give either seconds or until"))) == "give either seconds or until"
    )
    assert reason_for(refusing(UserError("a.b", "no {x}", x=1))) == "no 1"
    assert reason_for(refusing(ValueError("plain"))) == "plain"
    assert reason_for({"type": "odd", "msg": "Something else"}) == "Something else"
    assert expected_by({"type": "odd", "msg": ""}) is None
    assert expected_by({"type": "is_instance_of", "ctx": {"class": "Odd"}}) == "a value that another node gives"


def test_a_varying_param_takes_functions() -> None:
    class In(NodeModel):
        key: Annotated[PerItem[Any], Varying] = Param()

    function = PerItem[Any](lambda item, _index: item, "{{ item }}")
    assert In(key=function).key(7) == 7
    assert function.parts == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        ("x" * 50, f"the text '{'x' * 40}'…"),
        (7, "the number 7"),
        (10**60, "a number of 61 digits"),
        ((1, 2), "a list of 2"),
        ({}, "an object"),
        (b"", "a bytes"),
    ],
)
def test_a_value_is_described_without_its_content(value: Any, shown: str) -> None:
    assert describe(value) == shown


def test_a_number_of_more_digits_than_python_writes() -> None:
    assert describe(10**5000) == "a number of 5001 digits"
