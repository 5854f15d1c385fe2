"""What stands around the routes: raw ASGI, outermost first in ``studio.server.app``."""
