"""Comments on workflows, versions and nodes."""
