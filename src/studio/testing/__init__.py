"""What node authors test with: ``NodeTester``, and the runner of examples behind ``studio nodes check``."""

from studio.testing._context import NOW, ScratchContext, ScratchState
from studio.testing._examples import EngineRunner, ExampleResult, compare, example_workflow, run_example
from studio.testing._pack import check_pack, count
from studio.testing._parts import OpenTables, Parts
from studio.testing._plain import NodeContractError, check_plain, listed
from studio.testing._postgres import SetupMissingError, postgres
from studio.testing._server import LoopbackServer, SeenRequest
from studio.testing._store import ScratchItems
from studio.testing._tester import NodeResult, NodeTester

__all__ = [
    "NOW",
    "EngineRunner",
    "ExampleResult",
    "LoopbackServer",
    "NodeContractError",
    "NodeResult",
    "NodeTester",
    "OpenTables",
    "Parts",
    "ScratchContext",
    "ScratchItems",
    "ScratchState",
    "SeenRequest",
    "SetupMissingError",
    "check_pack",
    "check_plain",
    "compare",
    "count",
    "example_workflow",
    "listed",
    "postgres",
    "run_example",
]
