"""The data keys of all workspaces, and the keys that derive from them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from studio.crypto._envelope import KEY_ID_SIZE, Cipher, SealBroken, key_id_of, place
from studio.crypto._master import KEY_SIZE, Master
from studio.domain.errors import WrongKey

_CACHED = 2048
_Name = TypeVar("_Name")


class WrappedKey(msgspec.Struct, frozen=True):
    """A data key as the database keeps it. ``master`` is the id of the key that wrapped it."""

    id: str
    workspace: str
    wrapped: bytes
    master: str
    created_at: int


class DataKey(msgspec.Struct, frozen=True):
    """A data key in clear."""

    id: str
    workspace: str
    secret: bytes
    created_at: int

    def __repr__(self) -> str:
        return f"DataKey({self.id} of {self.workspace})"


class KeyMissing(LookupError):
    """The ring does not hold the key; another process may have made it since, so load again before giving up."""


class KeyRing:
    """All data keys of an instance, old ones included, for any number of threads.

    Derived ciphers are cached, because deriving one costs several times as much as sealing a small record.
    """

    def __init__(self, master: Master) -> None:
        self._master = master
        self._keys: dict[str, DataKey] = {}
        self._current: dict[str, DataKey] = {}
        self._first: dict[str, DataKey] = {}
        self._ciphers: dict[tuple[str, str, str, str], Cipher] = {}
        self._digests: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def master(self) -> Master:
        """The master key that wraps."""
        return self._master

    def check(self, instance: str) -> bytes:
        """A value that only this master can have made; the database keeps it to recognise its key."""
        return self._master.wrap(b"studio", place("check", instance))

    def verify(self, check: bytes, instance: str) -> None:
        """Make sure that the master key is the one of this database.

        Raises:
            WrongKey: It is another one.
        """
        try:
            self._master.unwrap(check, place("check", instance))
        except SealBroken as error:
            raise WrongKey(
                "crypto.wrong_key",
                "The master key {id} does not open this database. Give the key it was made with.",
                id=self._master.id,
            ) from error

    def make(self, workspace: str, created_at: int) -> WrappedKey:
        """A new data key, wrapped and ready to be stored. It counts once it was loaded."""
        return _wrap(self._master, DataKey(os.urandom(KEY_ID_SIZE).hex(), workspace, os.urandom(KEY_SIZE), created_at))

    def wrapped_by(self, master: Master) -> list[WrappedKey]:
        """All keys, oldest first, wrapped with another master."""
        return [_wrap(master, key) for key in self.data_keys()]

    def adopt(self, master: Master) -> None:
        """From now on ``master`` wraps; the keys stay as they are."""
        self._master = master

    def load(self, rows: Iterable[WrappedKey]) -> None:
        """Take keys into the ring; those it holds already are left alone.

        Raises:
            WrongKey: A key was not wrapped by this master, or for another workspace.
        """
        with self._lock:
            for row in rows:
                if row.id not in self._keys:
                    self._add(self._unwrap(row))

    def _unwrap(self, row: WrappedKey) -> DataKey:
        try:
            secret = self._master.unwrap(row.wrapped, _key_place(row.workspace, row.id))
        except SealBroken as error:
            raise WrongKey(
                "crypto.data_key_unreadable",
                "The data key {id} of workspace {workspace} cannot be opened by the master key.",
                id=row.id,
                workspace=row.workspace,
            ) from error
        return DataKey(row.id, row.workspace, secret, row.created_at)

    def _add(self, key: DataKey) -> None:
        self._keys[key.id] = key
        first, current = self._first.get(key.workspace), self._current.get(key.workspace)
        if first is None or (key.created_at, key.id) < (first.created_at, first.id):
            self._first[key.workspace] = key
            self._digests.pop(key.workspace, None)
        if current is None or (key.created_at, key.id) > (current.created_at, current.id):
            self._current[key.workspace] = key

    def has(self, workspace: str) -> bool:
        """Whether there is a key for new writes of this workspace."""
        return workspace in self._current

    def current(self, workspace: str) -> DataKey:
        """The key for new writes.

        Raises:
            KeyMissing: The workspace has none yet.
        """
        key = self._current.get(workspace)
        if key is None:
            raise KeyMissing(workspace)
        return key

    def data_keys(self) -> list[DataKey]:
        """Every key, oldest first."""
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id))

    def cipher(self, workspace: str, purpose: str, name: str) -> Cipher:
        """What seals new data of one execution, blob or record.

        Raises:
            KeyMissing: The workspace has no key yet.
        """
        return self._cipher(self.current(workspace), purpose, name)

    def cipher_of(self, sealed: bytes, workspace: str, purpose: str, name: str) -> Cipher:
        """What opens ``sealed``, whichever of the workspace's keys it needs.

        Raises:
            SealBroken: It is not sealed bytes, or names another workspace's key.
            KeyMissing: The ring does not hold the key.
        """
        return self.cipher_by(key_id_of(sealed), workspace, purpose, name)

    def cipher_by(self, key_id: str, workspace: str, purpose: str, name: str) -> Cipher:
        """What opens data sealed under the data key ``key_id``.

        Raises:
            SealBroken: The key belongs to another workspace.
            KeyMissing: The ring does not hold the key.
        """
        key = self._keys.get(key_id)
        if key is None:
            raise KeyMissing(key_id)
        if key.workspace != workspace:
            raise SealBroken("sealed with another workspace's key")
        return self._cipher(key, purpose, name)

    def digest_key(self, workspace: str) -> bytes:
        """Key of the digests of a workspace's content. It derives from the first data key, so rotation keeps digests.

        Raises:
            KeyMissing: The workspace has no key yet.
        """
        found = self._digests.get(workspace)
        if found is None:
            key = self._first.get(workspace)
            if key is None:
                raise KeyMissing(workspace)
            found = self._digests[workspace] = _derive(key, "digest", "")
        return found

    def _cipher(self, key: DataKey, purpose: str, name: str) -> Cipher:
        at = (key.id, key.workspace, purpose, name)
        found = self._ciphers.get(at)
        if found is None:
            found = Cipher(key.id, _derive(key, purpose, name))
            with self._lock:
                _remember(self._ciphers, at, found)
        return found


def _wrap(master: Master, key: DataKey) -> WrappedKey:
    wrapped = master.wrap(key.secret, _key_place(key.workspace, key.id))
    return WrappedKey(key.id, key.workspace, wrapped, master.id, key.created_at)


def _derive(key: DataKey, purpose: str, name: str) -> bytes:
    # A data key is uniformly random already, so the extract step is not needed (RFC 5869, section 3.3).
    return HKDFExpand(hashes.SHA256(), KEY_SIZE, place("studio", purpose, key.workspace, name)).derive(key.secret)


def _remember(cache: dict[_Name, Cipher], key: _Name, cipher: Cipher) -> None:
    if len(cache) >= _CACHED:
        del cache[next(iter(cache))]
    cache[key] = cipher


def _key_place(workspace: str, key_id: str) -> bytes:
    return place("key", workspace, key_id)
