"""The resources of the API, one folder each: ``routes`` and ``schemas``."""

from studio.server.resources.events.routes import routes as events
from studio.server.resources.executions.routes import routes as executions
from studio.server.resources.folders.routes import routes as folders
from studio.server.resources.keys.routes import routes as keys
from studio.server.resources.nodes.routes import routes as nodes
from studio.server.resources.session.routes import routes as session
from studio.server.resources.setup.routes import routes as setup
from studio.server.resources.workflows.files import routes as workflow_files
from studio.server.resources.workflows.routes import routes as workflows
from studio.server.resources.workflows.versions import routes as workflow_versions

ROUTERS = (setup, session, nodes, executions, events, workflows, workflow_versions, workflow_files, folders, keys)
"""Every router, in the order of the description."""
