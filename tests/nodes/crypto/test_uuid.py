"""crypto.uuid."""

from __future__ import annotations

import uuid

from studio.nodes.crypto.uuid import Uuid
from studio.sdk import Effect
from studio.testing import NOW


async def test_examples(examples) -> None:
    await examples(Uuid)


async def test_versions(run) -> None:
    four = uuid.UUID((await run(Uuid))["uuid"])
    seven = uuid.UUID((await run(Uuid, version=7))["uuid"])
    assert (four.version, seven.version, seven.variant) == (4, 7, uuid.RFC_4122)
    assert seven.int >> 80 == int(NOW.timestamp() * 1000)
    assert await run(Uuid) != await run(Uuid)


def test_only_names_always_give_the_same() -> None:
    assert Uuid().effect_of(Uuid.input_model(version=5)) is Effect.PURE
    assert Uuid().effect_of(Uuid.input_model(version=4)) is Effect.READ
