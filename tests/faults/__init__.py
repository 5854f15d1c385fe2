"""Faults injected from outside, and the promises checked from outside."""
