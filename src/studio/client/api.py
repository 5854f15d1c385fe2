"""The whole API. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from studio.client.parts.accounts import AccountsPart
from studio.client.parts.audit import AuditPart
from studio.client.parts.comments import CommentsPart
from studio.client.parts.credentials import CredentialsPart
from studio.client.parts.directories import DirectoriesPart
from studio.client.parts.editing import EditingPart
from studio.client.parts.executions import ExecutionsPart
from studio.client.parts.expressions import ExpressionsPart
from studio.client.parts.folders import FoldersPart
from studio.client.parts.groups import GroupsPart
from studio.client.parts.identity_providers import IdentityProvidersPart
from studio.client.parts.invitations import InvitationsPart
from studio.client.parts.keys import KeysPart
from studio.client.parts.members import MembersPart
from studio.client.parts.nodes import NodesPart
from studio.client.parts.notices import NoticesPart
from studio.client.parts.operator import OperatorPart
from studio.client.parts.profile import ProfilePart
from studio.client.parts.roles import RolesPart
from studio.client.parts.run import RunPart
from studio.client.parts.service_accounts import ServiceAccountsPart
from studio.client.parts.session import SessionPart
from studio.client.parts.setup import SetupPart
from studio.client.parts.tables import TablesPart
from studio.client.parts.usage import UsagePart
from studio.client.parts.variables import VariablesPart
from studio.client.parts.workflows import WorkflowsPart
from studio.client.parts.workspaces import WorkspacesPart


class Api(
    AccountsPart,
    AuditPart,
    CommentsPart,
    CredentialsPart,
    DirectoriesPart,
    EditingPart,
    ExecutionsPart,
    ExpressionsPart,
    FoldersPart,
    GroupsPart,
    IdentityProvidersPart,
    InvitationsPart,
    KeysPart,
    MembersPart,
    NodesPart,
    NoticesPart,
    OperatorPart,
    ProfilePart,
    RolesPart,
    RunPart,
    ServiceAccountsPart,
    SessionPart,
    SetupPart,
    TablesPart,
    UsagePart,
    VariablesPart,
    WorkflowsPart,
    WorkspacesPart,
):
    """Every operation of a Studio server."""
