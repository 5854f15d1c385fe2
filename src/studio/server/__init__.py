"""The HTTP server: the API, live events, and the interface's files."""
