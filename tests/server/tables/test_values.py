"""Values, names and filters of data tables."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.errors import StudioError, UserError
from studio.services.tables.cells import checked, converted, order, read, same_text, written
from studio.services.tables.files import read_csv
from studio.services.tables.filters import filter_of
from studio.services.tables.model import TYPES, Column, DataTable
from studio.services.tables.names import check_column

TABLE = DataTable(
    name="t", columns=[Column(id=f"c{n}", name=type, type=type) for n, type in enumerate(TYPES)], next=9
)  # fmt: skip
COLUMNS = {one.type: one for one in TABLE.columns}
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize(("type", "value", "kept"), [
    ("text", "", ""), ("integer", 3.0, 3), ("number", 3, 3), ("number", 0.5, 0.5), ("boolean", False, False),
    ("date", " 2026-01-31 ", "2026-01-31"), ("datetime", "2026-01-31", "2026-01-31T00:00:00Z"),
    ("datetime", "2026-01-31 10:00+02:00", "2026-01-31T08:00:00Z"),
    ("datetime", "2026-01-31T10:00:00.250", "2026-01-31T10:00:00.25Z"), ("json", [1, {"a": None}], [1, {"a": None}]),
    ("text", None, None),
])  # fmt: skip
def test_values_that_fit(type: str, value: Any, kept: Any) -> None:
    assert checked(COLUMNS[type], value) == kept
    assert kept is None or checked(COLUMNS[type], kept) == kept


@pytest.mark.parametrize(("type", "value"), [
    ("text", 1), ("integer", "1"), ("integer", True), ("number", "1"), ("number", float("inf")), ("boolean", 1),
    ("boolean", "true"), ("date", 20260131), ("date", "31.1.2026"), ("datetime", "0001-01-01T00:00+14:00"),
    ("datetime", "now"), ("json", {1: 2}), ("json", {"a": {3}}), ("json", "\udfff"), ("json", 2**70),
])  # fmt: skip
def test_values_that_do_not_fit(type: str, value: Any) -> None:
    with pytest.raises(UserError) as refused:
        checked(COLUMNS[type], value)
    assert refused.value.param == type
    assert str(value) not in refused.value.message or len(str(value)) < 5


def test_what_is_nested_without_end_is_refused_and_not_followed() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UserError):
        checked(COLUMNS["json"], deep)
    nested: Any = {"column": "text", "value": "x"}
    for _ in range(100_000):
        nested = {"not": nested}
    with pytest.raises(UserError) as refused:
        filter_of(TABLE, nested)
    assert refused.value.code == "data_table.filter_large"
    wide = {"any": [{"column": "text", "value": "x"}] * 100_000}
    with pytest.raises(UserError):
        filter_of(TABLE, wide)
    # Taking it apart again would be as deep.
    while isinstance(nested, dict) and "not" in nested:
        nested = nested.pop("not")
    while deep:
        deep = deep.pop()


@settings(deadline=None, max_examples=60)
@given(JSON)
def test_filters_of_any_form_are_read_or_refused(value: Any) -> None:
    for one in (
        value,
        {"all": value},
        {"column": "text", "op": value, "value": value},
        {"column": "json", "value": value},
    ):
        code = ""
        try:
            filter_of(TABLE, one)
        except StudioError as error:
            code = error.code
        assert code == "" or code.startswith("data_table.")


@settings(deadline=None, max_examples=60)
@given(JSON)
def test_what_is_written_is_read_again(value: Any) -> None:
    column = COLUMNS["json"]
    kept = checked(column, value)
    assert read(column, written("json", kept)) == kept or kept is None
    assert same_text("json", kept) == same_text("json", checked(column, value))


@pytest.mark.parametrize(("type", "text", "value"), [
    ("integer", " 12 ", 12), ("number", "1e3", 1000.0), ("number", "12", 12), ("boolean", "Yes", True),
    ("date", "2026-01-31", "2026-01-31"), ("json", '{"a": 1}', {"a": 1}), ("text", " x ", " x "), ("number", "", None),
])  # fmt: skip
def test_texts_are_read(type: str, text: str, value: Any) -> None:
    assert read(COLUMNS[type], text) == value


@pytest.mark.parametrize(("type", "text"), [
    ("integer", "1_000"), ("integer", "9" * 5000), ("number", "nan"), ("number", "1e999"), ("boolean", "maybe"),
    ("json", "{"), ("json", "[" * 100_000), ("date", "x"),
])  # fmt: skip
def test_texts_that_stand_for_nothing(type: str, text: str) -> None:
    with pytest.raises(UserError):
        read(COLUMNS[type], text)


def test_conversions_lose_nothing_or_are_refused() -> None:
    def to(was: str, value: Any, now: str) -> Any:
        return converted(value, COLUMNS[was], COLUMNS[now])

    assert to("text", "12", "integer") == 12
    assert to("integer", 12, "text") == "12"
    assert to("boolean", True, "text") == "true"
    assert to("date", "2026-01-31", "datetime") == "2026-01-31T00:00:00Z"
    assert to("datetime", "2026-01-31T00:00:00Z", "date") == "2026-01-31"
    assert to("json", {"a": 1}, "text") == '{"a":1}'
    assert to("json", 5, "integer") == 5
    assert to("text", "x", "json") == "x"
    for was, value, now in (("number", 1.5, "integer"), ("datetime", "2026-01-31T00:00:01Z", "date"),
                            ("text", "x", "number"), ("json", [1], "integer"), ("integer", 1, "boolean")):  # fmt: skip
        with pytest.raises(UserError):
            to(was, value, now)


def test_moments_sort_by_time() -> None:
    moments = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.25Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01Z"]
    assert sorted([moments[n] for n in (2, 0, 3, 1)], key=lambda one: order("datetime", one)) == moments


def test_columns_that_make_no_sense() -> None:
    for bad in (Column(name="a", type="blob"), Column(name="a", type="json", unique=True),
                Column(name="a", type="integer", default="x"), Column(name="a", unique=True, default="x"),
                Column(name="a", default="x" * 70_000), Column(name="a", description="x" * 2001)):  # fmt: skip
        with pytest.raises(UserError):
            check_column(bad)
    assert check_column(Column(name="a", type="datetime", default="2026-01-01")).default == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("content", "code"), [
    (b"", "data_table.csv_empty"), (b"\xff\xfe", "data_table.csv_encoding"),
    (b"text,nope\na,b\n", "data_table.no_column"),
    (b"text,TEXT\na,b\n", "data_table.csv_twice"), (b"text,integer\na\n", "data_table.csv_width"),
    (b"text,integer\na,b\n", "data_table.value"), (b'text\n"a\n', "data_table.csv"),
    (b"text\n" + b"x" * 300_000, "data_table.row_large"),
])  # fmt: skip
def test_csv_that_does_not_fit(content: bytes, code: str) -> None:
    with pytest.raises(UserError) as refused:
        read_csv(TABLE, content)
    assert refused.value.code == code


def test_csv_is_read_by_the_names_of_its_first_line() -> None:
    content = '\ufeffid,Integer,text\r\n7,12,"a\r\nb"\r\n\r\n8,,=1+1\r\n'.encode()
    sheet = read_csv(TABLE, content)
    assert sheet.rows == [{"integer": 12, "text": "a\r\nb"}, {"text": "=1+1"}]
    assert sheet.lines == [3, 5]
