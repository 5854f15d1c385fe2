"""Circuit breaker: a host that keeps failing is left alone for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from studio.domain.errors import ProviderError

_MOST_KEYS = 4096


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    open_until: float = 0.0
    pause: float = 0.0
    probing: bool = False


class CircuitBreaker:
    """Counts consecutive transient failures per key; from ``threshold`` on it refuses for ``pause`` seconds.

    After the pause one request is let through as a probe: success closes the circuit, failure opens it again for twice
    as long, up to ``longest`` seconds.
    """

    def __init__(
        self,
        threshold: int = 10,
        pause: float = 5.0,
        longest: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold = threshold
        self._pause = pause
        self._longest = longest
        self._clock = clock
        self._circuits: OrderedDict[Hashable, _Circuit] = OrderedDict()

    def enter(self, key: Hashable, host: str) -> None:
        """Ask to send.

        Raises:
            ProviderError: The circuit is open (``net.circuit_open``); nothing was sent.
        """
        circuit = self._circuits.get(key)
        if circuit is None or not circuit.open_until:
            return
        wait = circuit.open_until - self._clock()
        if wait > 0 or circuit.probing:
            raise ProviderError(
                "net.circuit_open",
                "{host} failed {failures} times in a row and is left alone for now.",
                retry_after=max(wait, 1.0),
                host=host,
                failures=circuit.failures,
            )
        circuit.probing = True

    def succeeded(self, key: Hashable) -> None:
        """An answer came that is no transient failure."""
        self._circuits.pop(key, None)

    def failed(self, key: Hashable) -> None:
        """A transient failure."""
        circuit = self._circuits.setdefault(key, _Circuit())
        self._circuits.move_to_end(key)
        circuit.failures += 1
        if circuit.failures >= self._threshold:
            circuit.pause = min(circuit.pause * 2 if circuit.probing else self._pause, self._longest)
            circuit.open_until = self._clock() + circuit.pause
        circuit.probing = False
        while len(self._circuits) > _MOST_KEYS:
            self._circuits.popitem(last=False)

    def left(self, key: Hashable) -> None:
        """The request ended without telling anything of the host (cancelled, refused)."""
        circuit = self._circuits.get(key)
        if circuit is not None:
            circuit.probing = False
