"""Outputs that are pinned to the nodes of a draft, to work on while it is written."""
