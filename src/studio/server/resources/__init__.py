"""The resources of the API, one folder each: ``routes`` and ``schemas``."""

from studio.server.resources.accounts.routes import routes as accounts
from studio.server.resources.accounts.service import routes as service_accounts
from studio.server.resources.audit.routes import instance_routes as instance_audit
from studio.server.resources.audit.routes import routes as audit
from studio.server.resources.comments.routes import routes as comments
from studio.server.resources.credential_types.routes import routes as credential_types
from studio.server.resources.credentials.aliases import routes as credential_aliases
from studio.server.resources.credentials.routes import routes as credentials
from studio.server.resources.editing.routes import routes as editing
from studio.server.resources.events.following import routes as following
from studio.server.resources.events.routes import routes as events
from studio.server.resources.executions.debugging import routes as executions_debugging
from studio.server.resources.executions.more import routes as executions_more
from studio.server.resources.executions.routes import routes as executions
from studio.server.resources.expressions.routes import routes as expressions
from studio.server.resources.folders.routes import routes as folders
from studio.server.resources.groups.routes import routes as groups
from studio.server.resources.invitations.routes import routes as invitations
from studio.server.resources.keys.routes import routes as keys
from studio.server.resources.members.routes import routes as members
from studio.server.resources.node_forms.routes import routes as node_forms
from studio.server.resources.nodes.routes import routes as nodes
from studio.server.resources.notices.routes import routes as notices
from studio.server.resources.oauth.routes import routes as oauth
from studio.server.resources.operator.routes import routes as operator
from studio.server.resources.pinned.routes import routes as pinned
from studio.server.resources.planning.routes import routes as planning
from studio.server.resources.roles.routes import routes as roles
from studio.server.resources.run.routes import routes as run
from studio.server.resources.scim.tokens import routes as directories
from studio.server.resources.secret_stores.routes import routes as secret_stores
from studio.server.resources.session.profile import routes as profile
from studio.server.resources.session.routes import routes as session
from studio.server.resources.setup.routes import routes as setup
from studio.server.resources.sso.operating import routes as identity_providers
from studio.server.resources.sso.routes import routes as single_sign_on
from studio.server.resources.tables.exchange import routes as table_files
from studio.server.resources.tables.routes import routes as tables
from studio.server.resources.tables.rows import routes as table_rows
from studio.server.resources.usage.routes import routes as usage
from studio.server.resources.variables.routes import routes as variables
from studio.server.resources.workflows.files import routes as workflow_files
from studio.server.resources.workflows.routes import routes as workflows
from studio.server.resources.workflows.tags import routes as workflow_tags
from studio.server.resources.workflows.versions import routes as workflow_versions
from studio.server.resources.workspaces.routes import routes as workspaces

_PEOPLE = (session, profile, workspaces, members, roles, groups, service_accounts, invitations, accounts)

_VAULT = (credentials, credential_types, credential_aliases, variables, oauth, secret_stores)

ROUTERS = (
    setup,
    *_PEOPLE,
    single_sign_on,
    identity_providers,
    directories,
    nodes,
    node_forms,
    expressions,
    executions,
    executions_more,
    executions_debugging,
    events,
    following,
    workflows,
    workflow_versions,
    workflow_files,
    workflow_tags,
    editing,
    pinned,
    planning,
    comments,
    folders,
    *_VAULT,
    tables,
    table_rows,
    table_files,
    keys,
    run,
    audit,
    instance_audit,
    usage,
    notices,
    operator,
)
"""Every router, in the order of the description."""
