"""All services of people and workspaces, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from studio.crypto.passwords import Passwords
from studio.services._clock import Clock
from studio.services.notices.mail import Mailer
from studio.services.people.accounts import Accounts
from studio.services.people.exporting import Exporting
from studio.services.people.groups import Groups
from studio.services.people.guessing import Guessing
from studio.services.people.holdings import Holdings
from studio.services.people.invitations import Invitations
from studio.services.people.letters import Letters, Say
from studio.services.people.members import Members
from studio.services.people.model import People
from studio.services.people.offboarding import Offboardings
from studio.services.people.open_sessions import OpenSessions
from studio.services.people.operating import Operating
from studio.services.people.provisioning import Provisioning
from studio.services.people.resets import Resets
from studio.services.people.roles import Roles
from studio.services.people.second_factor import SecondFactor
from studio.services.people.service_accounts import ServiceAccounts
from studio.services.people.sessions import Sessions
from studio.services.people.throttle import Throttle
from studio.services.people.workspaces import Workspaces


class Directory:
    """Everything about people and workspaces.

    Args:
        people: Where they are kept.
        passwords: Hashes passwords.
        clock: The database's.
        mailer: Sends mail, None where no mail server is set up.
        say: Says a sentence in a language.
        address: Gives the address of this Studio.
        open: Whether anybody may make workspaces.
        holdings: What keeps things for people.
    """

    def __init__(
        self,
        people: People,
        passwords: Passwords,
        clock: Clock,
        *,
        mailer: Mailer | None,
        say: Say,
        address: Callable[[], str],
        open: bool,
        holdings: Sequence[Holdings],
    ) -> None:
        self.people = people
        self.holdings = holdings
        self._passwords = passwords
        self._clock = clock
        self._open = open
        self.letters = Letters(mailer, say, address)
        self.throttle = Throttle(people, clock)

    @cached_property
    def provisioning(self) -> Provisioning:
        """Makes accounts and members without a person in front."""
        return Provisioning(self.people)

    @cached_property
    def accounts(self) -> Accounts:
        """Makes accounts, and lets their owners change them."""
        return Accounts(self.people, self._passwords, self.provisioning, self.throttle, self._clock)

    @cached_property
    def second_factor(self) -> SecondFactor:
        """Second factors."""
        return SecondFactor(self.people, self.accounts, self._clock, self.throttle)

    @cached_property
    def guessing(self) -> Guessing:
        """Holds back who guesses at sign-in."""
        return Guessing(self.people, self.throttle, self._clock)

    @cached_property
    def sessions(self) -> Sessions:
        """Signing in and out."""
        return Sessions(self.people, self._passwords, self._clock, self.guessing, self.second_factor)

    @cached_property
    def open_sessions(self) -> OpenSessions:
        """The sessions that are open."""
        return OpenSessions(self.people, self._clock)

    @cached_property
    def workspaces(self) -> Workspaces:
        """Workspaces."""
        return Workspaces(self.people, open=self._open)

    @cached_property
    def members(self) -> Members:
        """Members."""
        return Members(self.people, self.provisioning)

    @cached_property
    def roles(self) -> Roles:
        """Roles."""
        return Roles(self.people)

    @cached_property
    def groups(self) -> Groups:
        """Groups."""
        return Groups(self.people)

    @cached_property
    def service_accounts(self) -> ServiceAccounts:
        """Service accounts."""
        return ServiceAccounts(self.people)

    @cached_property
    def invitations(self) -> Invitations:
        """Invitations."""
        return Invitations(self.people, self.accounts, self.letters, self._clock)

    @cached_property
    def resets(self) -> Resets:
        """Links that let somebody choose a password or confirm an address."""
        return Resets(
            self.people, self._passwords, self.accounts, self.provisioning, self.letters, self.throttle, self.guessing,
            self._clock,
        )  # fmt: skip

    @cached_property
    def operating(self) -> Operating:
        """Accounts as operators see them."""
        return Operating(self.people, self.provisioning, self.resets)

    @cached_property
    def offboardings(self) -> Offboardings:
        """Leaves."""
        return Offboardings(self.people, self.provisioning, self.holdings)

    @cached_property
    def exporting(self) -> Exporting:
        """What Studio knows of a person."""
        return Exporting(self.people, self.holdings)
