"""Private packs of a catalogue: described once per content, and never imported here."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from studio.catalog._discover import environment
from studio.catalog._facts import NodeFacts, PackFacts
from studio.catalog.apart.described import FORMAT, Description, Pack, error_of
from studio.catalog.apart.nodes import Behind, stand_in, stopped
from studio.catalog.apart.work import applied, describe, digest_of
from studio.catalog.private import rebuilt
from studio.contracts.apart import Foreign, Limits, asked_for
from studio.contracts.http import HttpRequest
from studio.domain.errors import UserError
from studio.domain.phrases import Phrase
from studio.sdk import BaseNode, CredentialType

_DESCRIBE = Limits(seconds=30, memory_mb=512, output_mb=1)
_APPLY = Limits(seconds=10, memory_mb=256, output_mb=0)
_LARGEST = 32 * 1024 * 1024
_DECODER = msgspec.msgpack.Decoder(Description)

_ODD = Phrase("pack.odd_description", "what it says of itself is not complete, or too long")


def _broken(pack: PackFacts, reason: str) -> UserError:
    return UserError("catalog.broken_pack", "The pack {pack} cannot be used: {reason}.", pack=pack.id, reason=reason)


class PrivatePacks:
    """Node types and credential types of private packs.

    Args:
        foreign: Runs their code.
        cache: Where descriptions are kept; None where nowhere.
    """

    def __init__(self, foreign: Foreign, cache: Path | None) -> None:
        self._foreign = foreign
        self._cache = cache
        self._known: dict[str, tuple[Pack, Description]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def node(self, facts: NodeFacts, pack: PackFacts, all: Sequence[NodeFacts]) -> BaseNode:
        """The node that stands for one of the pack's. ``all`` are the facts of all its types. May block for a second.

        Raises:
            UserError: It cannot be used; or its pack took too long or too much, and was stopped.
        """
        place, description = self._described(pack, all)
        known = description.types.get(facts.type)
        if known is None:
            raise _broken(pack, _ODD)
        return stand_in(facts, known, Behind(self._foreign, place, facts, pack.permissions))

    def credentials(self, pack: PackFacts, all: Sequence[NodeFacts]) -> dict[str, CredentialType]:
        """The credential types of a pack.

        Raises:
            UserError: They cannot be used.
        """
        place, description = self._described(pack, all)
        if description.credentials_error is not None:
            raise error_of(description.credentials_error)

        async def apply(type_id: str, request: HttpRequest, data: Mapping[str, Any]) -> HttpRequest:
            behind = Behind(self._foreign, place, NodeFacts(type=type_id), ())
            try:
                found = await self._foreign.converse(
                    behind.walls("credentials"), applied, behind.pack, list(pack.credentials), type_id,
                    msgspec.to_builtins(request, builtin_types=(bytes,)), dict(data), limits=_APPLY,
                )  # fmt: skip
                return msgspec.convert(found, HttpRequest)
            except TimeoutError as error:
                raise stopped(pack.id, "apply", _APPLY.seconds) from error
            except msgspec.ValidationError as error:
                raise UserError(
                    "credential.elsewhere", "The credential type {type} would send the request elsewhere.", type=type_id
                ) from error

        return rebuilt(pack.id, description.credentials or [], pack.credentials, apply)

    def _described(self, pack: PackFacts, all: Sequence[NodeFacts]) -> tuple[Pack, Description]:
        with self._lock:
            lock = self._locks.setdefault(pack.id, threading.Lock())
        with lock:
            found = self._known.get(pack.id)
            if found is None or not (_sound(found[1]) or digest_of(pack.folder) == found[0].digest):
                found = self._known[pack.id] = self._read(pack, all)
            return found

    def _read(self, pack: PackFacts, all: Sequence[NodeFacts]) -> tuple[Pack, Description]:
        place = Pack(pack.id, pack.module, pack.folder, digest_of(pack.folder))
        facts = [msgspec.msgpack.encode(one) for one in all]
        file = self._file(place, facts, pack.credentials)
        with contextlib.suppress(OSError, msgspec.MsgspecError, RecursionError):
            if file is not None:
                return place, _DECODER.decode(file.read_bytes())
        text = self._ask(place, facts, pack)
        try:
            description = _DECODER.decode(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _broken(pack, str(error)) from error
        if file is not None and _sound(description):
            _write(file, text)
        return place, description

    def _ask(self, place: Pack, facts: Sequence[bytes], pack: PackFacts) -> bytes:
        walls = Behind(self._foreign, place, NodeFacts(type=""), ()).walls(f"for {asked_for.get()}")
        try:
            text = cast("object", self._foreign.ask(
                walls, describe, msgspec.to_builtins(place), list(facts), list(pack.credentials), limits=_DESCRIBE
            ))  # fmt: skip
        except TimeoutError as error:
            raise stopped(pack.id, "import", _DESCRIBE.seconds) from error
        if not isinstance(text, bytes) or len(text) > _LARGEST:
            raise _broken(pack, _ODD)
        return text

    def _file(self, place: Pack, facts: Sequence[bytes], credentials: Sequence[str]) -> Path | None:
        if self._cache is None:
            return None
        known = [FORMAT, msgspec.to_builtins(place), list(facts), list(credentials), environment(), _own_state()]
        key = hashlib.blake2b(msgspec.msgpack.encode(known), digest_size=16).hexdigest()
        return self._cache / f"pack-{key}.msgpack"


def _sound(description: Description) -> bool:
    """Whether all of it can be used: what cannot may be mended, even without a change to the pack."""
    return description.credentials_error is None and all(one.error is None for one in description.types.values())


def _own_state() -> str:
    """Changes whenever the code does that describes packs, or that their models are made of."""
    digest = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for folder in (here, here.parent, here.parent.parent / "sdk"):
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            if entry.name.endswith(".py"):
                fact = entry.stat()
                digest.update(f"{entry.name}\0{fact.st_size}\0{fact.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _write(file: Path, text: bytes) -> None:
    """Written in one go; a folder that cannot be written is no reason to fail: it is only a cache."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = file.with_name(f"{file.name}.{os.getpid()}.{time.monotonic_ns()}")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(text)
            os.replace(temporary, file)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
