"""What executes the control nodes of the ``flow`` pack. Importing this registers the executors."""

from studio.engine.containers import calls, loops, maps, suspends, tries

__all__ = ["calls", "loops", "maps", "suspends", "tries"]
