"""The master key: from a file in the data folder, the environment, or a service that wraps for us."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from studio.crypto._envelope import KEY_ID_SIZE, Cipher
from studio.domain.errors import AccessRefused, StorageReadOnly, WrongKey
from studio.domain.reasons import os_reason

KEY_FILE = "master.key"
KEY_VARIABLE = "STUDIO_MASTER_KEY"
KEY_SIZE = 32
_STAGED = KEY_FILE + ".new"


class Master(Protocol):
    """Wraps data keys. A key management service is one more class of this shape; it may block, so call it off the loop.

    ``id`` tells masters apart and may be shown; it does not reveal the key.
    """

    @property
    def id(self) -> str:
        """Stable name of this key."""
        ...

    def wrap(self, secret: bytes, where: bytes) -> bytes:
        """Encrypt a data key for the place ``where``."""
        ...

    def unwrap(self, wrapped: bytes, where: bytes) -> bytes:
        """Decrypt a data key.

        Raises:
            SealBroken: It was wrapped by another master, or for another place.
        """
        ...


class MasterKey:
    """A master key held in memory.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_SIZE:
            raise WrongKey(
                "crypto.key_length",
                "A master key has {expected} bytes, not {size}.",
                expected=KEY_SIZE,
                size=len(secret),
            )
        self._secret = secret
        self._id = HKDFExpand(hashes.SHA256(), KEY_ID_SIZE, b"studio master id").derive(secret).hex()
        self._cipher = Cipher(self._id, HKDFExpand(hashes.SHA256(), KEY_SIZE, b"studio master wrap").derive(secret))

    @property
    def id(self) -> str:
        """Fingerprint of the key, one-way."""
        return self._id

    def wrap(self, secret: bytes, where: bytes) -> bytes:
        """Encrypt a data key for the place ``where``."""
        return self._cipher.seal(secret, where)

    def unwrap(self, wrapped: bytes, where: bytes) -> bytes:
        """Decrypt a data key.

        Raises:
            SealBroken: It was wrapped by another master, or for another place.
        """
        return self._cipher.open(wrapped, where)

    @property
    def text(self) -> str:
        """The key as it is written to a file or variable: base64. Secret."""
        return base64.b64encode(self._secret).decode()

    @classmethod
    def random(cls) -> MasterKey:
        """A new key from the system's random source."""
        return cls(os.urandom(KEY_SIZE))

    @classmethod
    def from_text(cls, text: str, origin: str) -> MasterKey:
        """Read base64. ``origin`` names the file or variable in the error.

        Raises:
            WrongKey: It is not base64 of 32 bytes.
        """
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError) as error:
            raise WrongKey("crypto.key_not_base64", "{origin} does not hold a base64 key.", origin=origin) from error
        if len(secret) != KEY_SIZE:
            raise WrongKey(
                "crypto.key_size",
                "The key in {origin} has {size} bytes; a master key has {expected}.",
                origin=origin,
                size=len(secret),
                expected=KEY_SIZE,
            )
        return cls(secret)

    @classmethod
    def from_file(cls, path: Path) -> MasterKey | None:
        """Read a key file, None where there is none.

        Raises:
            AccessRefused: Group or others have rights on it.
            WrongKey: It does not hold a key.
        """
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AccessRefused(
                "crypto.key_file_unreadable",
                "The key file {path} cannot be read: {reason}.",
                path=str(path),
                reason=os_reason(error),
            ) from error
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            if mode & 0o077:
                raise AccessRefused(
                    "crypto.key_file_open",
                    "The key file {path} is open to other users (mode {mode}). Close it: chmod 600 {path}",
                    path=str(path),
                    mode=f"{mode:o}",
                )
            return cls.from_text(file.read(1024).decode("ascii", "replace"), str(path))

    def write(self, path: Path) -> bool:
        """Write the key file (0600) so that it is whole or absent; False where one exists already.

        Raises:
            StorageReadOnly: The folder cannot be written.
        """
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            _write_private(temporary, self.text + "\n")
            try:
                # A link fails where the name exists, a rename would replace somebody's key.
                os.link(temporary, path)
            except FileExistsError:
                return False
            _flush_folder(path.parent)
            return True
        except OSError as error:
            raise StorageReadOnly(
                "crypto.key_file_unwritable",
                "The key file {path} cannot be written: {reason}.",
                path=str(path),
                reason=os_reason(error),
            ) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()


def find_master(data: Path, environ: Mapping[str, str], *, create: bool) -> MasterKey:
    """The master key of a data folder: the variable ``STUDIO_MASTER_KEY``, else the file ``master.key``.

    Args:
        data: The data folder.
        environ: Where to look for the variable.
        create: Make a new key file where there is none. Only for a database that does not exist yet.

    Raises:
        WrongKey: There is no key and none may be made, or it has the wrong form.
        AccessRefused: The key file is open to other users.
    """
    if text := environ.get(KEY_VARIABLE):
        return MasterKey.from_text(text, KEY_VARIABLE)
    path = data / KEY_FILE
    found = MasterKey.from_file(path)
    if found is None and create:
        made = MasterKey.random()
        found = made if made.write(path) else MasterKey.from_file(path)
    if found is None:
        raise WrongKey(
            "crypto.key_missing",
            "There is a database but no master key: put {path} back, or set {variable}.",
            path=str(path),
            variable=KEY_VARIABLE,
        )
    return found


def stage_rotation(data: Path, new: MasterKey) -> None:
    """Write the coming master key beside the present one, before the database is rewrapped.

    Raises:
        WrongKey: Another rotation is under way.
        StorageReadOnly: The folder cannot be written.
    """
    if not new.write(data / _STAGED):
        raise WrongKey(
            "crypto.rotation_pending", "Another key rotation is not finished: see {path}.", path=str(data / _STAGED)
        )


def finish_rotation(data: Path, wanted: str) -> MasterKey | None:
    """Put the staged key in place if it is the one the database wants; None where it is not there.

    A crash between rewrapping and renaming leaves both files; the next open comes here.

    Args:
        data: The data folder.
        wanted: Id of the master key that the database names.
    """
    staged = MasterKey.from_file(data / _STAGED)
    if staged is None or staged.id != wanted:
        return None
    (data / _STAGED).replace(data / KEY_FILE)
    _flush_folder(data)
    return staged


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
