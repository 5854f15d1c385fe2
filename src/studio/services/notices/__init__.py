"""Telling people what they should know, outside of the interface."""
