"""The audit log: looking at it, exporting it, checking it, sending it elsewhere."""
