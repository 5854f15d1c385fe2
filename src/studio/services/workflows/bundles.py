"""Several workflows as one zip, with those they call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from studio.domain.access import Actor
from studio.services.workflows._threads import aside
from studio.services.workflows.files import File, Files
from studio.services.workflows.uploads import zipped


async def bundle(files: Files, actor: Actor, references: Sequence[str], format: Literal["yaml", "json"]) -> bytes:
    """The drafts of workflows, and what they call, as a zip that can be imported again.

    Raises:
        NotFound: One of them is not there.
    """
    asked: dict[str, File] = {}
    called: dict[str, File] = {}
    for reference in dict.fromkeys(references):
        first, *others = await files.give(actor, reference, format=format)
        asked[first.name] = first
        called.update((one.name, one) for one in others)
    # What was asked for goes out as its draft, also where another one calls it.
    return await aside(zipped, list({**called, **asked}.values()))
