"""All services of single sign-on, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from studio.services._clock import Clock
from studio.services.people.directory import Directory
from studio.services.sso.discovery import AllowedHosts, Discovery
from studio.services.sso.flows import Flows
from studio.services.sso.granting import Granting
from studio.services.sso.joining import Joining
from studio.services.sso.leaving import Leaving
from studio.services.sso.model import SsoShelf
from studio.services.sso.providers import Providers
from studio.services.sso.tokens import Tokens


class SingleSignOn:
    """Identity providers, and signing in through them.

    Args:
        directory: Everything about people.
        clock: The database's.
        allowed: Exceptions of the egress policy.
    """

    def __init__(self, directory: Directory, clock: Clock, allowed: AllowedHosts) -> None:
        self._directory = directory
        self._clock = clock
        self.shelf = SsoShelf(directory.people.records)
        self.discovery = Discovery(allowed)
        self.tokens = Tokens(self.discovery, clock)

    @cached_property
    def providers(self) -> Providers:
        """Sets providers up."""
        return Providers(self._directory.people, self.shelf, self.discovery)

    @cached_property
    def granting(self) -> Granting:
        """Gives and takes memberships by groups."""
        return Granting(self._directory.people, self.shelf)

    @cached_property
    def flows(self) -> Flows:
        """Sign-ins under way."""
        people, joining = self._directory.people, Joining(self._directory.people, self._directory.provisioning)
        return Flows(
            people, self.shelf, self.discovery, self.tokens, joining, self.granting, self._directory.sessions,
            self._directory.throttle, self._clock,
        )  # fmt: skip

    @cached_property
    def leaving(self) -> Leaving:
        """Signing out at both ends."""
        return Leaving(
            self._directory.people, self.shelf, self._directory.provisioning, self._directory.sessions,
            self.discovery, self.tokens, self._clock,
        )  # fmt: skip
