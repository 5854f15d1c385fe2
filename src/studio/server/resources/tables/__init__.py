"""Data tables."""
