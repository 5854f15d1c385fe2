"""The resources of the API, one folder each: ``routes`` and ``schemas``."""

from studio.server.resources.executions.routes import routes as executions
from studio.server.resources.nodes.routes import routes as nodes
from studio.server.resources.session.routes import routes as session
from studio.server.resources.setup.routes import routes as setup
from studio.server.resources.workflows.routes import routes as workflows

ROUTERS = (setup, session, nodes, executions, workflows)
"""Every router, in the order of the description."""
