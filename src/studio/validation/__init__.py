"""A workflow against catalogue and expressions: every problem, with position and suggestion."""

from studio.sdk import reason_for
from studio.validation._calls import MAX_CALL_DEPTH, ResolveCall
from studio.validation._positions import Positions
from studio.validation._problems import Problem, Severity, ToldProblem, nearest
from studio.validation._write import save
from studio.validation.analysis import Catalogue, LevelGraph, analyse
from studio.validation.check import check
from studio.validation.document import Loaded, load, load_data
from studio.validation.inputs import coerce_inputs
from studio.validation.refactor import rename_node
from studio.validation.schema import workflow_schema

__all__ = [
    "MAX_CALL_DEPTH",
    "Catalogue",
    "LevelGraph",
    "Loaded",
    "Positions",
    "Problem",
    "ResolveCall",
    "Severity",
    "ToldProblem",
    "analyse",
    "check",
    "coerce_inputs",
    "load",
    "load_data",
    "nearest",
    "reason_for",
    "rename_node",
    "save",
    "workflow_schema",
]
