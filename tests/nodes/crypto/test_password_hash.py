"""crypto.password_hash."""

from __future__ import annotations

from studio.nodes.crypto.password_hash import PasswordHash
from studio.nodes.crypto.password_verify import PasswordVerify


async def test_examples(examples) -> None:
    await examples(PasswordHash)


async def test_hashes_differ_and_fit(run) -> None:
    one, two = [(await run(PasswordHash, password="كلمة"))["hash"] for _ in range(2)]
    assert one != two
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await run(PasswordVerify, password="كلمة", hash=one) == {"valid": True}
    assert await run(PasswordVerify, password="كلمه", hash=one) == {"valid": False}


async def test_hashes_that_cost_too_much_are_refused(fails) -> None:
    tail = "$3+Z6Ff4gawVk9+J/Rf0ivQ$Cf9mdtgmrlQzzmYHShlD3NfGGmkLywnDqn1Ox62BcjQ"
    for cost in ("m=9999999,t=3,p=2", "m=1000000,t=999,p=1"):
        await fails("crypto.not_a_hash", PasswordVerify, password="x", hash=f"$argon2id$v=19${cost}{tail}")
    await fails("crypto.not_a_hash", PasswordVerify, password="x", hash="$argon2id$v=19$m=1,t=1,p=9" + tail)
