"""Data tables: small typed tables of a workspace."""
