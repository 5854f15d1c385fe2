"""Addresses for what is not HTTP, under the same policy."""

from __future__ import annotations

from studio.net._policy import EgressPolicy


class EgressDialer:
    """Implements ``studio.contracts.http.Dialer``."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy

    async def resolve(self, host: str, port: int) -> str:
        """An allowed address of ``host``; connect to it and not to the name, so that what was checked is reached.

        Raises:
            AccessRefused: One of its addresses is not allowed.
            ProviderError: The name does not resolve.
        """
        return (await self._policy.resolve(host, port))[0]

    async def addresses(self, host: str, port: int) -> list[str]:
        """All addresses of ``host``: a name may have one that nothing listens on (``localhost`` has two).

        Raises:
            AccessRefused: One of its addresses is not allowed.
            ProviderError: The name does not resolve.
        """
        return await self._policy.resolve(host, port)
