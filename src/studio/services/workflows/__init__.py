"""Workflows of a workspace: drafts, versions, folders, and what it takes to start one."""
