"""Operating an instance: metrics, usage, quotas, egress exceptions, backups, what waits and who works."""
