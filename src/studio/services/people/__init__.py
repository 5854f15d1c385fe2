"""Accounts, sessions, workspaces and who belongs to them."""
