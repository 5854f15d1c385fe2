"""All services of SCIM, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from studio.services.people.directory import Directory
from studio.services.scim.groups import DirectoryGroups
from studio.services.scim.shelf import ScimShelf
from studio.services.scim.tokens import DirectoryTokens
from studio.services.scim.users import DirectoryUsers


class Scim:
    """What directories write here.

    Args:
        directory: Everything about people.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._shelf = ScimShelf(directory.people.records)

    @cached_property
    def tokens(self) -> DirectoryTokens:
        """What directories show themselves with."""
        return DirectoryTokens(self._directory.people, self._shelf)

    @cached_property
    def users(self) -> DirectoryUsers:
        """Persons."""
        return DirectoryUsers(self._directory.people, self._shelf, self._directory.provisioning)

    @cached_property
    def groups(self) -> DirectoryGroups:
        """Groups."""
        return DirectoryGroups(self._directory.people, self._shelf)
