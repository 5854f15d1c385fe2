"""Who may do what: permissions, the roles that are built in, and who asks.

Routes name permissions, ``services.policy`` enforces them, and a generated test proves that both and this table agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Permission(StrEnum):
    """What may be allowed. The part before the dot is what it concerns."""

    PUBLIC = "public"
    """Anybody, without signing in."""
    SELF = "self"
    """Whoever is signed in, for what is theirs alone: session, password, own workspaces, own keys. Never a key."""

    WORKFLOW_VIEW = "workflow.view"
    WORKFLOW_EDIT = "workflow.edit"
    WORKFLOW_PUBLISH = "workflow.publish"
    WORKFLOW_EXECUTE = "workflow.execute"
    WORKFLOW_DELETE = "workflow.delete"
    FOLDER_MANAGE = "folder.manage"
    EXECUTION_VIEW = "execution.view"
    EXECUTION_CONTROL = "execution.control"
    """Cancel, pause, resume, signal, replay, fork, retry."""
    EXECUTION_DECIDE = "execution.decide"
    """Answer approvals, and settle effects that are in doubt."""
    EXECUTION_REVEAL = "execution.reveal"
    """See values that are marked personal or secret. Each time is audited."""
    EXECUTION_DELETE = "execution.delete"
    """Delete executions that have ended, with all that is recorded of them."""
    NODE_VIEW = "node.view"
    CREDENTIAL_VIEW = "credential.view"
    CREDENTIAL_USE = "credential.use"
    CREDENTIAL_MANAGE = "credential.manage"
    VARIABLE_VIEW = "variable.view"
    VARIABLE_MANAGE = "variable.manage"
    TABLE_VIEW = "table.view"
    TABLE_EDIT = "table.edit"
    TABLE_MANAGE = "table.manage"
    COMMENT_VIEW = "comment.view"
    COMMENT_WRITE = "comment.write"
    MEMBER_VIEW = "member.view"
    MEMBER_MANAGE = "member.manage"
    """Members, invitations, groups, roles, service accounts."""
    KEY_MANAGE = "key.manage"
    AUDIT_VIEW = "audit.view"
    AUDIT_EXPORT = "audit.export"
    USAGE_VIEW = "usage.view"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_MANAGE = "settings.manage"

    OPERATE = "instance.operate"
    """The instance above its workspaces: held by operators, never by a role."""


UNBOUND = frozenset({Permission.PUBLIC, Permission.SELF, Permission.OPERATE})
"""Permissions that no role gives."""

GRANTABLE = frozenset(Permission) - UNBOUND
"""Permissions that roles are made of."""

BY_FOLDER = frozenset(
    {
        Permission.WORKFLOW_VIEW, Permission.WORKFLOW_EDIT, Permission.WORKFLOW_PUBLISH, Permission.WORKFLOW_EXECUTE,
        Permission.WORKFLOW_DELETE, Permission.FOLDER_MANAGE, Permission.EXECUTION_VIEW, Permission.EXECUTION_CONTROL,
        Permission.EXECUTION_DECIDE, Permission.EXECUTION_REVEAL, Permission.EXECUTION_DELETE, Permission.COMMENT_VIEW,
        Permission.COMMENT_WRITE,
    }
)  # fmt: skip
"""Permissions that can be granted for one folder and everything below it."""


class Role(StrEnum):
    """The roles that are built in."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    SERVICE = "service"


_VIEWER = frozenset(
    {
        Permission.WORKFLOW_VIEW, Permission.EXECUTION_VIEW, Permission.NODE_VIEW, Permission.CREDENTIAL_VIEW,
        Permission.VARIABLE_VIEW, Permission.TABLE_VIEW, Permission.COMMENT_VIEW, Permission.COMMENT_WRITE,
        Permission.MEMBER_VIEW, Permission.SETTINGS_VIEW, Permission.USAGE_VIEW,
    }
)  # fmt: skip
_EDITOR = _VIEWER | {
    Permission.WORKFLOW_EDIT, Permission.WORKFLOW_PUBLISH, Permission.WORKFLOW_EXECUTE, Permission.WORKFLOW_DELETE,
    Permission.FOLDER_MANAGE, Permission.EXECUTION_CONTROL, Permission.EXECUTION_DECIDE, Permission.CREDENTIAL_USE,
    Permission.CREDENTIAL_MANAGE, Permission.VARIABLE_MANAGE, Permission.TABLE_EDIT, Permission.TABLE_MANAGE,
}  # fmt: skip

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: GRANTABLE,
    Role.EDITOR: frozenset(_EDITOR),
    Role.VIEWER: _VIEWER,
    Role.SERVICE: frozenset(
        {
            Permission.WORKFLOW_VIEW, Permission.WORKFLOW_EXECUTE, Permission.EXECUTION_VIEW,
            Permission.EXECUTION_CONTROL, Permission.NODE_VIEW, Permission.TABLE_VIEW, Permission.TABLE_EDIT,
        }
    ),
}  # fmt: skip
"""What each built-in role allows."""


class ActorKind(StrEnum):
    """What kind of caller asks."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    KEY = "key"
    SYSTEM = "system"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and from where. Made anew for every request, so that a change of rights takes effect at once.

    Args:
        kind: What kind of caller.
        id: The account's id; of an API key the id of the account it acts for.
        name: As others see them.
        workspace: The workspace the request is about; "" where it is about none.
        permissions: What the roles in that workspace allow, less what the scopes of a key leave out.
        folders: What is allowed beyond that in a folder and below it.
        operator: Whether they operate the instance.
        workflows: Ids of the only workflows that an API key may touch; None for all.
        key: Id of the API key.
        session: Id of the session.
        ip: Address the request came from.
        agent: Program it came from, as it says.
        request: Id of the request, as in the logs.
        lang: Language of messages.
        lacks_factor: Whether the workspace asks for a second factor that they have not set up: then they may nothing
            in it.
    """

    kind: ActorKind = ActorKind.ANONYMOUS
    id: str = ""
    name: str = ""
    workspace: str = ""
    permissions: frozenset[Permission] = frozenset()
    folders: Mapping[str, frozenset[Permission]] = {}
    operator: bool = False
    workflows: frozenset[str] | None = None
    key: str | None = None
    session: str | None = None
    ip: str = ""
    agent: str = ""
    request: str = ""
    lang: str = "en"
    lacks_factor: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether this is allowed in the whole workspace (or, with OPERATE, on the instance)."""
        if permission is Permission.PUBLIC:
            return True
        if permission is Permission.SELF:
            return self.kind is ActorKind.PERSON
        if permission is Permission.OPERATE:
            return self.operator
        return permission in self.permissions
