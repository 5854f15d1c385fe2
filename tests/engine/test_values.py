"""Values on their way into the journal and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import OutputInvalid, RecordCorrupt
from studio.domain.values import BlobRef, FileRef, ItemsChunk, ItemsRef, TableRef
from studio.engine.encode import BLOB, JSON, PACKED, PARTS, Values, blob_ids, decode_small, encode_small
from studio.storage import Opened, open_store

FILE = FileRef(BlobRef("b1", 3, b"d" * 32), "a.txt", "text/plain")
TABLE = TableRef(BlobRef("b2", 3, b"d" * 32), 7, (("a", "int64"),))
LONG = ItemsRef(2, (ItemsChunk(BlobRef("b3", 3, b"d" * 32), 1), ItemsChunk(BlobRef("b4", 3, b"d" * 32), 1)))

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aé🐍\0", max_size=4), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
with_references = st.recursive(
    plain | st.sampled_from([FILE, TABLE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    one = await open_store(None, tmp_path / "data")
    yield one
    await one.close()


@given(plain)
def test_plain_values_come_back_as_they_were(value: Any) -> None:
    form, data = encode_small(value, walk=True)
    assert form == JSON
    assert decode_small((form, data)) == value


@given(with_references)
def test_references_come_back_as_they_were(value: Any) -> None:
    form, data = encode_small({"all": value, "file": FILE})
    assert form == PACKED
    assert decode_small((form, data)) == {"all": value, "file": FILE}


def test_data_that_looks_like_a_reference_stays_data() -> None:
    disguised = {"blob": {"id": "b1", "size": 3}, "name": "a.txt", "media_type": "text/plain"}
    assert decode_small(encode_small([disguised, FILE])) == [disguised, FILE]


@pytest.mark.parametrize(
    "value", [float("nan"), [float("inf")], {"a": (1.0, float("-inf"))}, {"a": {"b": float("nan")}}]
)
def test_what_json_has_no_word_for_is_refused(value: Any) -> None:
    """Whether it is looked at closely or not; JSON would make null of it."""
    for walk in (False, True):
        with pytest.raises(OutputInvalid, match="finite"):
            encode_small(value, walk=walk)


def test_null_beside_ordinary_floats_is_fine() -> None:
    value = {"a": None, "b": [1.5, {"c": None}], "d": "null"}
    assert decode_small(encode_small(value)) == value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, {"b": 2**64}]}, "a[1].b"),
        ({"a": {1: 2}}, "a[1]"),
        ([FILE, {"x": {1, 2}}], "[1].x"),
        (b"bytes", "its root"),
    ],
)
def test_a_refusal_names_the_place(value: Any, path: str) -> None:
    with pytest.raises(OutputInvalid) as caught:
        encode_small(value, walk=True)
    assert caught.value.arguments["path"] == path


@pytest.mark.parametrize("kind", [list, dict])
@pytest.mark.parametrize("depth", [230, 100_000])
def test_what_nests_too_deeply_is_refused(kind: type, depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    with pytest.raises(OutputInvalid):
        encode_small([value, FILE] if depth < 1000 else value, walk=True)


async def test_large_fields_lie_in_blobs_and_are_kept_once(opened: Opened) -> None:
    values = Values(opened.blobs, "default", 1000)
    text, numbers = "x" * 5000, list(range(3000))
    form, parts = await values.encode({"text": text, "inner": {"numbers": numbers, "small": 1}, "file": FILE})
    assert form == PARTS
    assert parts["text"][0] == BLOB
    assert len(values.fresh) == 3
    again = await values.encode({"other": text, "same": numbers})
    assert len(values.fresh) == 3, "a value that is passed on is not written again"
    assert {*blob_ids(again), "b1"} == set(blob_ids((form, parts))) == set(values.fresh)
    read = Values(opened.blobs, "default", 1000)
    assert await read.decode((form, parts)) == {"text": text, "inner": {"numbers": numbers, "small": 1}, "file": FILE}


async def test_a_large_value_with_references_lies_in_a_blob(opened: Opened) -> None:
    values = Values(opened.blobs, "default", 100)
    many = [FILE] * 100
    encoded = await values.encode(many)
    assert encoded[0] == BLOB
    assert await Values(opened.blobs, "default", 100).decode(encoded) == many


async def test_an_object_with_many_fields_is_kept_in_one_piece(opened: Opened) -> None:
    values = Values(opened.blobs, "default", 10_000)
    wide = {f"k{n}": n for n in range(200)}
    assert (await values.encode(wide))[0] == JSON
    assert await values.decode(await values.encode(wide)) == wide


async def test_fields_need_names(opened: Opened) -> None:
    with pytest.raises(OutputInvalid):
        await Values(opened.blobs, "default", 100).encode({1: 2})


async def test_a_value_is_known_by_its_blob(opened: Opened) -> None:
    values = Values(opened.blobs, "default", 100)
    text = "x" * 5000
    assert not values.knows({"a": text})
    await values.encode({"a": text})
    assert values.knows({"a": text})
    assert values.knows({"outer": {"a": text}})
    assert not values.knows({"a": 1, "b": {"c": 2}})


async def test_a_long_list_is_read_in_parts(opened: Opened) -> None:
    values = Values(opened.blobs, "default", 100)
    chunks = [await values.put_chunk([1, 2, 3]), await values.put_chunk([4, 5])]
    items = values.items(ItemsRef(5, tuple(chunks)))
    assert (len(items), items[0], items[-1], items[1:5:2], list(items)) == (5, 1, 5, [2, 4], [1, 2, 3, 4, 5])
    for beyond in (5, -6):
        with pytest.raises(IndexError):
            items[beyond]
    assert await items.everything() == [1, 2, 3, 4, 5]
    assert items == values.items(items.ref)
    assert hash(items) == hash(values.items(items.ref))
    assert items != values.items(LONG)
    assert items != [1, 2, 3, 4, 5]
    encoded = await values.encode({"items": items, "more": [items]})
    back = await values.decode(encoded)
    assert list(back["items"]) == list(back["more"][0]) == [1, 2, 3, 4, 5]
    assert {chunk.blob.id for chunk in chunks} <= set(values.fresh)
    assert set(blob_ids(encoded)) <= set(values.fresh)


def test_ids_of_blobs_inside_references() -> None:
    assert set(blob_ids(encode_small({"a": [FILE, {"b": TABLE}], "c": LONG, "d": "text"}))) == {"b1", "b2", "b3", "b4"}
    assert list(blob_ids(encode_small({"a": 1}))) == []


def test_a_reference_of_an_unknown_kind_is_damage() -> None:
    import msgspec

    with pytest.raises(RecordCorrupt):
        decode_small((PACKED, msgspec.msgpack.encode(msgspec.msgpack.Ext(99, b"x"))))
