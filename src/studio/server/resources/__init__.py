"""The resources of the API, one folder each: ``routes`` and ``schemas``."""

from studio.server.resources.accounts.routes import routes as accounts
from studio.server.resources.accounts.service import routes as service_accounts
from studio.server.resources.comments.routes import routes as comments
from studio.server.resources.editing.routes import routes as editing
from studio.server.resources.events.routes import routes as events
from studio.server.resources.executions.routes import routes as executions
from studio.server.resources.folders.routes import routes as folders
from studio.server.resources.groups.routes import routes as groups
from studio.server.resources.invitations.routes import routes as invitations
from studio.server.resources.keys.routes import routes as keys
from studio.server.resources.members.routes import routes as members
from studio.server.resources.nodes.routes import routes as nodes
from studio.server.resources.roles.routes import routes as roles
from studio.server.resources.run.routes import routes as run
from studio.server.resources.session.profile import routes as profile
from studio.server.resources.session.routes import routes as session
from studio.server.resources.setup.routes import routes as setup
from studio.server.resources.workflows.files import routes as workflow_files
from studio.server.resources.workflows.routes import routes as workflows
from studio.server.resources.workflows.versions import routes as workflow_versions
from studio.server.resources.workspaces.routes import routes as workspaces

_PEOPLE = (session, profile, workspaces, members, roles, groups, service_accounts, invitations, accounts)

ROUTERS = (
    setup,
    *_PEOPLE,
    nodes,
    executions,
    events,
    workflows,
    workflow_versions,
    workflow_files,
    editing,
    comments,
    folders,
    keys,
    run,
)
"""Every router, in the order of the description."""
