"""Work on whole documents, in threads of its own.

Checking a workflow of thousands of nodes computes for seconds. It holds up neither the event loop nor the threads that
read and write files for nodes; two at once are as many as help.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_POOL = ThreadPoolExecutor(2, thread_name_prefix="studio-documents")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives, computed in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, partial(work, *args, **kwargs))
