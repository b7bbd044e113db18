"""How often and after which wait to try again: enough for storms, never for ever."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field

TRIES = 12
"""Tries of one request: at a failure rate of 30 % one request in two million needs more."""
FIRST, LONGEST = 0.5, 30.0
"""Seconds: the longest wait after the first failure, and after any."""
PATIENCE = 900.0
"""The longest wait that a service may ask for; a task that should wait longer ends, and says so."""


def jitter(tries: int, draw: random.Random) -> float:
    """Seconds to wait after so many tries: full jitter, anything up to a limit that doubles
    (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter)."""
    return draw.uniform(0.0, min(LONGEST, FIRST * 2.0 ** (tries - 1)))


@dataclass(slots=True)
class Budget:
    """Retries that may still be made: some at first, and ``ratio`` more for each success, so that a service that mostly works is
    given time, and one that does not is left alone. ``above`` is the budget of the whole sweep."""

    first: float = 30.0
    ratio: float = 1.0
    above: Budget | None = None
    _left: float = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._left = self.first

    def succeeded(self) -> None:
        """A request was answered."""
        with self._lock:
            self._left = min(self._left + self.ratio, max(self.first, 100.0))
        if self.above is not None:
            self.above.succeeded()

    def take(self) -> bool:
        """Whether one more retry may be made; counts it."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
        return self.above is None or self.above.take()


@dataclass(slots=True)
class Counts:
    """What a sweep has asked for."""

    requests: int = 0
    retries: int = 0
    throttled: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, requests: int = 0, retries: int = 0, throttled: int = 0) -> None:
        """Count so many more."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.throttled += throttled
