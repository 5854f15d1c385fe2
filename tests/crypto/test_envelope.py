"""Sealed bytes."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.crypto import OVERHEAD, Cipher, SealBroken, key_id_of, place

KEY = bytes(range(32))
CIPHER = Cipher("0011223344556677", KEY)


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_opens_what_it_sealed(data: bytes, where: bytes) -> None:
    sealed = CIPHER.seal(data, where)
    assert len(sealed) == len(data) + OVERHEAD
    assert key_id_of(sealed) == "0011223344556677"
    assert CIPHER.open(sealed, where) == data


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_seals_into_given_memory(data: bytes, where: bytes) -> None:
    room = bytearray(b"?" * (len(data) + OVERHEAD))
    CIPHER.seal_into(data, where, memoryview(room))
    assert CIPHER.open(bytes(room), where) == data
    first = bytes(room)
    CIPHER.seal_into(data, where, memoryview(room))
    assert bytes(room) != first, "the nonce is another one each time"


@given(st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.seal(b"some content", b"here"))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(SealBroken):
        CIPHER.open(bytes(sealed), b"here")


@given(st.integers(0, OVERHEAD + 11))
def test_any_cut_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        CIPHER.open(CIPHER.seal(b"some content", b"here")[:length], b"here")


def test_another_place_or_key_does_not_open() -> None:
    sealed = CIPHER.seal(b"content", b"here")
    with pytest.raises(SealBroken):
        CIPHER.open(sealed, b"there")
    for other in (Cipher("0011223344556677", bytes(32)), Cipher("0011223344556678", KEY)):
        with pytest.raises(SealBroken):
            other.open(sealed, b"here")


def test_nonces_differ() -> None:
    assert len({CIPHER.seal(b"", b"") for _ in range(1000)}) == 1000


@pytest.mark.parametrize("sealed", [b"", b"\x01" * (OVERHEAD - 1), b"\x02" * 60])
def test_foreign_bytes_have_no_key_id(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        key_id_of(sealed)


@given(st.lists(st.text()), st.lists(st.text()))
def test_places_are_unambiguous(one: list[str], other: list[str]) -> None:
    assert (place(*one) == place(*other)) == (one == other)


def test_one_cipher_serves_many_threads() -> None:
    wrong: list[int] = []

    def work(number: int) -> None:
        data = b"%d" % number * 500
        for _ in range(300):
            if CIPHER.open(CIPHER.seal(data, b"x"), b"x") != data:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
