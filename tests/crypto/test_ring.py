"""The key ring and exported keys."""

from __future__ import annotations

import pytest

from studio.crypto import (
    KeyMissing,
    KeyRing,
    MasterKey,
    SealBroken,
    WrappedKey,
    export_keys,
    import_keys,
)
from studio.crypto._ring import _CACHED
from studio.domain.errors import UserError, WrongKey

MASTER = MasterKey(bytes(range(32)))


def ring_with(*workspaces: str) -> KeyRing:
    """A ring with one key for each."""
    ring = KeyRing(MASTER)
    ring.load(ring.make(workspace, number) for number, workspace in enumerate(workspaces, 1))
    return ring


def test_every_name_has_its_own_key() -> None:
    ring = ring_with("a", "b")
    sealed = ring.cipher("a", "execution", "1").seal(b"x", b"")
    assert ring.cipher_of(sealed, "a", "execution", "1").open(sealed, b"") == b"x"
    assert ring.cipher("a", "execution", "1") is ring.cipher("a", "execution", "1")
    for purpose, name in (("execution", "2"), ("blob", "1")):
        with pytest.raises(SealBroken):
            ring.cipher_of(sealed, "a", purpose, name).open(sealed, b"")
    with pytest.raises(SealBroken):
        ring.cipher_of(sealed, "b", "execution", "1")
    with pytest.raises(SealBroken):
        ring.cipher_of(b"foreign", "a", "execution", "1")


def test_missing_keys_are_named() -> None:
    ring, other = ring_with("a"), ring_with("a")
    for ask in (lambda: ring.cipher("x", "p", "n"), lambda: ring.current("x"), lambda: ring.digest_key("x")):
        with pytest.raises(KeyMissing):
            ask()
    with pytest.raises(KeyMissing):
        other.cipher_of(ring.cipher("a", "p", "n").seal(b"", b""), "a", "p", "n")
    assert ring.has("a")
    assert not ring.has("x")


def test_rotation_concerns_new_writes() -> None:
    ring = ring_with("a")
    first, digest = ring.current("a"), ring.digest_key("a")
    old = ring.cipher("a", "p", "n").seal(b"old", b"")
    ring.load([ring.make("a", 9)])
    assert ring.current("a").id != first.id
    new = ring.cipher("a", "p", "n").seal(b"new", b"")
    assert ring.cipher_of(old, "a", "p", "n").open(old, b"") == b"old"
    assert ring.cipher_of(new, "a", "p", "n").open(new, b"") == b"new"
    assert ring.digest_key("a") == digest
    # An older key that turns up later is for reading only, and for digests.
    ring.load([ring.make("a", 0)])
    assert ring.current("a").created_at == 9
    assert ring.digest_key("a") != digest
    assert [key.created_at for key in ring.data_keys()] == [0, 1, 9]


def test_cache_is_bounded() -> None:
    ring = ring_with("a")
    for number in range(_CACHED + 10):
        ring.cipher("a", "p", str(number))
    assert len(ring._ciphers) == _CACHED
    sealed = ring.cipher("a", "p", "0").seal(b"x", b"")
    assert ring.cipher_of(sealed, "a", "p", "0").open(sealed, b"") == b"x"


def test_wrapped_keys_are_bound_to_id_workspace_and_master() -> None:
    ring = ring_with()
    row = ring.make("a", 1)
    for wrong in (
        WrappedKey("00" * 8, "a", row.wrapped, row.master, 1),
        WrappedKey(row.id, "b", row.wrapped, row.master, 1),
        WrappedKey(row.id, "a", row.wrapped[:-1], row.master, 1),
    ):
        with pytest.raises(WrongKey):
            KeyRing(MASTER).load([wrong])
    with pytest.raises(WrongKey):
        KeyRing(MasterKey.random()).load([row])
    ring.load([row])
    ring.load([row])
    assert len(ring.data_keys()) == 1


def test_check_value_recognises_the_master() -> None:
    ring = ring_with()
    check = ring.check("instance")
    ring.verify(check, "instance")
    with pytest.raises(WrongKey):
        ring.verify(check, "another")
    with pytest.raises(WrongKey) as caught:
        KeyRing(MasterKey.random()).verify(check, "instance")
    assert caught.value.code == "crypto.wrong_key"


def test_new_master_wraps_the_same_keys() -> None:
    ring, new = ring_with("a", "b"), MasterKey.random()
    other = KeyRing(new)
    other.load(ring.wrapped_by(new))
    assert other.data_keys() == ring.data_keys()
    ring.adopt(new)
    assert ring.master is new
    with pytest.raises(WrongKey):
        KeyRing(MASTER).load([ring.make("a", 5)])


def test_export_opens_with_the_passphrase_only() -> None:
    ring = ring_with("a", "b")
    content = export_keys(ring, "correct horse battery")
    found = import_keys(content, "correct horse battery")
    assert MasterKey.from_text(found.master, "export").id == MASTER.id
    assert list(found.keys) == ring.data_keys()
    with pytest.raises(WrongKey):
        import_keys(content, "correct horse batterY")
    with pytest.raises(WrongKey):
        import_keys(content.replace(b'"passes":3', b'"passes":2'), "correct horse battery")


def test_export_under_a_key_service_holds_the_data_keys() -> None:
    class Service:
        """A stand-in for a key service: same calls, key elsewhere."""

        id = MASTER.id
        wrap = MASTER.wrap
        unwrap = MASTER.unwrap

    ring = KeyRing(Service())
    ring.load([ring.make("a", 1)])
    found = import_keys(export_keys(ring, "x" * 12), "x" * 12)
    assert found.master == ""
    assert list(found.keys) == ring.data_keys()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format":"other","salt":"AAAAAAAAAAA=","memory":65536,"passes":3,"lanes":4,"sealed":""}',
        b'{"format":"studio-keys-1","salt":"AAAAAAAAAAA=","memory":99999999,"passes":3,"lanes":4,"sealed":""}',
        b'{"format":"studio-keys-1","salt":"AAAAAAAAAAA=","memory":65536,"passes":999,"lanes":4,"sealed":""}',
        b'{"format":"studio-keys-1","salt":"","memory":65536,"passes":3,"lanes":4,"sealed":""}',
    ],
)
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(UserError):
        import_keys(content, "x" * 12)


def test_short_passphrase_is_refused() -> None:
    with pytest.raises(UserError):
        export_keys(ring_with(), "x" * 11)


def test_secrets_do_not_show_when_printed() -> None:
    ring = ring_with("a")
    key = ring.current("a")
    shown = repr(key) + repr(import_keys(export_keys(ring, "x" * 12), "x" * 12))
    assert repr(key.secret)[2:20] not in shown
    assert key.secret.hex() not in shown
    assert MASTER.text not in shown
