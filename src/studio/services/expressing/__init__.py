"""Expressions while they are written: what they would give, and which names they find."""
