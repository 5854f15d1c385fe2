"""Preloaded once, so that a process forked from here drives within milliseconds."""

from __future__ import annotations

from studio.engine.plan import plan_workflow
from tests.faults import drive, graphs

plan_workflow(graphs.everything(), "warm", drive.catalog())
