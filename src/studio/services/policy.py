"""The one place that says no. Routes and services ask here; nothing else compares permissions."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import BY_FOLDER, GRANTABLE, UNBOUND, Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, StudioError


class NotSignedIn(StudioError):
    """The request needs somebody who is signed in."""


def require(actor: Actor, permission: Permission) -> None:
    """Let the actor go on, or not.

    What can be granted for a folder passes here as soon as one folder grants it; ``require_in`` then decides.

    Raises:
        NotSignedIn: Nobody is signed in, and somebody must be.
        AccessRefused: The actor's roles and scopes do not allow it; names the permission.
    """
    if actor.may(permission):
        return
    if permission in BY_FOLDER and any(permission in granted for granted in actor.folders.values()):
        return
    if actor.kind is ActorKind.ANONYMOUS:
        raise NotSignedIn("access.not_signed_in", "Sign in first.")
    if actor.kind is ActorKind.KEY and permission in UNBOUND:
        raise AccessRefused("access.people_only", "This needs somebody who is signed in, and not a key.")
    raise AccessRefused("access.missing_permission", "This needs the permission {permission}.", permission=permission)


def require_factor(actor: Actor) -> None:
    """Keep out whoever lacks the second factor that the workspace asks for.

    Raises:
        AccessRefused: They do.
    """
    if actor.lacks_factor:
        raise AccessRefused(
            "access.second_factor", "This workspace asks for a second factor. Set one up in your profile first."
        )


def allows_in(actor: Actor, permission: Permission, folders: Sequence[str]) -> bool:
    """Whether something is allowed in a folder; ``folders`` are that folder and all those it lies in."""
    if actor.may(permission):
        return True
    return permission in BY_FOLDER and any(permission in actor.folders.get(folder, ()) for folder in folders)


def require_in(actor: Actor, permission: Permission, folders: Sequence[str]) -> None:
    """Like ``require`` for something in a folder.

    Raises:
        AccessRefused: It is not allowed there.
    """
    if not allows_in(actor, permission, folders):
        raise AccessRefused(
            "access.missing_permission", "This needs the permission {permission}.", permission=permission
        )


def require_workflow(actor: Actor, workflow: str) -> None:
    """Keep an API key to its workflows.

    Raises:
        AccessRefused: The key is for other workflows.
    """
    if actor.workflows is not None and workflow not in actor.workflows:
        raise AccessRefused("access.key_scope", "This key is not for that workflow.")


def require_grantable(actor: Actor, permissions: frozenset[Permission]) -> None:
    """Nobody gives away what they do not have.

    Raises:
        AccessRefused: A permission is not the actor's own, or none that roles are made of.
    """
    missing = sorted(permissions - GRANTABLE) or sorted(permissions - actor.permissions)
    if missing and not (actor.operator and permissions <= GRANTABLE):
        raise AccessRefused(
            "access.not_yours_to_give", "You cannot give the permission {permission}, which you do not have.",
            permission=missing[0],
        )  # fmt: skip


def require_no_gain(actor: Actor, before: Sequence[str], after: Sequence[str]) -> None:
    """Nobody moves something to where they may do more with it: that would be giving the right to themselves.

    Args:
        actor: Who moves it.
        before: The folder it lies in, and all those that one lies in.
        after: The same of the folder it goes to.

    Raises:
        AccessRefused: They may do there what they may not do here; names a permission.
    """

    def given(folders: Sequence[str]) -> frozenset[Permission]:
        return frozenset[Permission]().union(*(actor.folders.get(folder, frozenset()) for folder in folders))

    more = sorted((given(after) - given(before) - actor.permissions) & BY_FOLDER)
    if more:
        raise AccessRefused(
            "access.not_yours_to_give", "You cannot give the permission {permission}, which you do not have.",
            permission=more[0],
        )  # fmt: skip
