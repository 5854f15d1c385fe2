"""Editing drafts by small operations: several people at once, merged param by param."""
