"""A database for benchmarks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def bench_database(given: str | None) -> Generator[str | None]:
    """The URL to use: ``postgres`` starts a private server and removes it afterwards, anything else stays."""
    if given != "postgres":
        yield given
        return
    from studio.crypto import KEY_VARIABLE, MasterKey
    from studio.testing import postgres

    # The runs share the database but not the folder, so they share the key.
    os.environ.setdefault(KEY_VARIABLE, MasterKey.random().text)
    # A loop of its own: every benchmark runs one too, one after the other.
    loop = asyncio.new_event_loop()
    server = postgres()
    try:
        facts = loop.run_until_complete(server.__aenter__())
        try:
            yield str(facts["url"])
        finally:
            loop.run_until_complete(server.__aexit__(None, None, None))
    finally:
        loop.close()
