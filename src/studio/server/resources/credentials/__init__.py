"""Credentials and aliases."""
