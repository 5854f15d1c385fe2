"""Nodes that tell a log outside of Studio what they do."""
