"""Credential types."""
