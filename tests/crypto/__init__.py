"""Tests of keys and sealed bytes."""
