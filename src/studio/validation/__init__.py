"""A workflow against catalogue and expressions: every problem, with position and suggestion."""

from studio.validation._positions import Positions
from studio.validation._problems import Problem
from studio.validation._write import save
from studio.validation.document import Loaded, load

__all__ = ["Loaded", "Positions", "Problem", "load", "save"]
