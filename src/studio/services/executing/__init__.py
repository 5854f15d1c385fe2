"""Executions of a workspace: starting them, looking at them, acting on them."""
