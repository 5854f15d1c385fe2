"""Passwords as a server keeps them; random secrets, and how they begin."""

from __future__ import annotations

import secrets

import pytest

from studio.crypto import passwords
from studio.crypto.passwords import KEY_PREFIX, SECRET_BYTES, Passwords, new_secret
from studio.services.gateway.tokens import PREFIX, new_token
from tests.fixtures.passwords import QUICK, REAL

REST = "A" * 40


def drawn(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """Let chance give these."""
    coming = iter(texts)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(coming) if size == SECRET_BYTES else "")


async def test_passwords_are_hashed_slowly_and_weaker_hashes_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", REAL)
    kept = Passwords()
    stored = await kept.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await kept.verify(stored, "correct horse")
    assert not await kept.verify(stored, "correct house")
    assert not await kept.verify(None, "correct horse")
    assert not await kept.verify("nonsense", "correct horse")
    assert not kept.outdated(stored)
    assert kept.outdated(QUICK.hash("correct horse"))


@pytest.mark.parametrize("beginning", [KEY_PREFIX, "-ab", "_ab"])
def test_a_secret_never_begins_like_a_key_or_an_option(monkeypatch: pytest.MonkeyPatch, beginning: str) -> None:
    drawn(monkeypatch, beginning + REST, "sk-" + REST)
    assert new_secret() == "sk-" + REST


def test_secrets_are_long_and_never_the_same() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {43}


def test_keys_begin_as_is_said() -> None:
    assert PREFIX == KEY_PREFIX
    assert new_token("default", "x").text.startswith(KEY_PREFIX)
