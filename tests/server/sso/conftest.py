"""Servers with an identity provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.kit import Api
from tests.server.sso.kit import Sso
from tests.server.sso.provider import IdentityServer, running_provider


@pytest.fixture
def there() -> Iterator[IdentityServer]:
    """A provider."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
async def sso(api: Api, there: IdentityServer) -> Sso:
    """A server and a provider, not set up yet."""
    await api.workspace()
    return Sso(api, there)


@pytest.fixture
async def sso_either(either: Api, there: IdentityServer) -> Sso:
    """The same on each database."""
    await either.workspace()
    return Sso(either, there)
