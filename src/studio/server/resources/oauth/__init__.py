"""Signing in at providers."""
