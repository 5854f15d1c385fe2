"""Work in a process of its own, which can be killed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True, array_like=True):
    """What a piece of work may take. ``seconds`` counts from when its process begins it.

    ``memory_mb`` is beside what the process has before; ``output_mb`` bounds every file that it writes; None leaves
    either open.
    """

    seconds: float
    memory_mb: int | None = None
    output_mb: int | None = None


class Apart(Protocol):
    """Runs functions in processes that are killed where time is up or the caller is cancelled.

    For native calls that cannot be interrupted: libraries that evaluate what a user wrote. The function is named by
    module and name, so it must be importable; arguments and results are plain data (JSON and bytes), files go as open
    descriptors, valid for the function only until it returns. The process has no environment, no network and no secrets
    of this one. An error of Studio's own comes back as it was raised.

    Raises (both methods):
        TimeoutError: It took longer than ``limits.seconds`` and was killed.
        NodeError: It needs more memory (``work.memory``), was ended by somebody else (``work.ended``), crashed
            (``work.crashed``), or failed for another reason (``work.failed``).
    """

    async def call(
        self,
        function: Callable[..., T],
        /,
        *args: Any,
        limits: Limits,
        files: Sequence[int] = (),
        feed: Iterable[Any] | None = None,
    ) -> T:
        """The function's result.

        ``files`` arrives as the keyword argument of that name: the descriptors as they are numbered there.
        ``feed`` does likewise, as an iterator which fetches its elements when they are asked for.
        """
        ...

    def stream(
        self, function: Callable[..., Iterator[T]], /, *args: Any, limits: Limits, files: Sequence[int] = ()
    ) -> AsyncGenerator[T]:
        """What a generator function yields, as it comes; it runs on only as what it yields is taken."""
        ...


class Walls(msgspec.Struct, frozen=True):
    """Whom a process of foreign code works for, and what it may read beside Python itself.

    A process never changes hands: it is used again only for work of the same ``key``.
    """

    key: str
    readable: tuple[str, ...] = ()


asked_for: ContextVar[str] = ContextVar("studio_asked_for", default="")
"""The workspace for which pure functions of foreign code are asked at present; each has processes of its own."""


def asking_for(workspace: str, function: Callable[..., T], *args: Any) -> T:
    """What a function gives that asks foreign code for a workspace. For a thread: it sets the context."""
    asked_for.set(workspace)
    return function(*args)


class Ask(Protocol):
    """How foreign code asks the process that it works for. What is asked and answered is plain data."""

    async def __call__(self, name: str, /, *args: Any) -> Any:
        """The answer.

        Raises:
            StudioError: The host refuses, or what was asked failed.
        """
        ...

    def now(self, name: str, /, *args: Any) -> Any:
        """The answer, without giving others a turn meanwhile. From any thread."""
        ...


Answer: TypeAlias = Callable[[str, list[Any]], Awaitable[Any]]
"""Answers what foreign code asks."""


class Foreign(Protocol):
    """Runs foreign code in processes behind walls: no network, no environment, no files but Python, what ``walls`` name
    and a scratch folder; limits of time, memory and output that it cannot lift.

    Functions, arguments and errors are those of ``Apart``. Raises as that.
    """

    def ask(self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits) -> T:
        """The function's result; blocks, so it is not for the event loop. For pure functions that take a moment."""
        ...

    async def converse(
        self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits, answer: Answer | None = None
    ) -> T:
        """The function's result. With ``answer`` it gets an ``Ask`` as the keyword argument ``ask``."""
        ...
