"""One token bucket per quota: it starts at what the service documents, and goes slower when the service says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shadowai.connector import Quota
from shadowai.sweep.clock import Clock

BACK = 0.1
"""Part of the documented rate that is won back per second until just below where the service refused."""
BEYOND = 0.01
"""Part that is won per second from there on."""
BELOW = 0.9
"""Where "just below" is."""
FLOOR = 1 / 64
"""The slowest, as part of the documented rate."""
CALM = 1.0
"""Seconds within which several refusals are one: those of requests that were under way together."""
NEARLY_FULL = 0.8
"""From which share of its limit on Graph tells how full it is (``x-ms-throttle-limit-percentage``, 0.8 to 1.8)."""
_GRAIN = 1e-6


class Bucket:
    """The state of one quota; every method is safe to call from several threads."""

    def __init__(self, quota: Quota, clock: Clock) -> None:
        self.quota = quota
        self.rate = quota.per_second
        self._clock = clock
        self._level = max(1.0, quota.burst)
        self._stamp = clock.monotonic()
        self._free_at = self._stamp
        self._halved = float("-inf")
        self._edge = quota.per_second
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(quota.concurrent)

    def take(self, cost: float = 1.0) -> float:
        """Wait until ``cost`` may be spent, and spend it; gives the seconds waited. What costs more than a whole bucket waits
        for a full one and leaves it in debt."""
        began = self._clock.monotonic()
        while True:
            wait = self._try(cost)
            if wait <= 0:
                return self._clock.monotonic() - began
            self._clock.sleep(wait)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One of the quota's concurrent requests."""
        while not self._slots.acquire(timeout=0.5):
            self._clock.check()
        try:
            yield
        finally:
            self._slots.release()

    def refused(self, after: float | None) -> None:
        """The service refused for load: half the rate, and nothing at all for ``after`` seconds."""
        with self._lock:
            now = self._refill()
            if now - self._halved >= CALM:
                self._halved = now
                slowest = self.quota.per_second * FLOOR
                self._edge = max(slowest, self.rate * BELOW)
                self.rate = max(slowest, self.rate / 2)
                self._level = min(self._level, 1.0)
            if after is not None:
                self._free_at = max(self._free_at, now + after)

    def filling(self, share: float) -> None:
        """The service says which share of its limit is used: from :data:`NEARLY_FULL` on, go slower before it refuses."""
        if share >= NEARLY_FULL:
            with self._lock:
                self._refill()
                self.rate = min(self.rate, self.quota.per_second * max(0.1, 1.6 - share))

    def remaining(self, left: float, seconds: float) -> None:
        """The service allows ``left`` more requests within ``seconds``: spread them; none left is a wait."""
        with self._lock:
            now = self._refill()
            if left <= 0:
                self._free_at = max(self._free_at, now + seconds)
            elif seconds > 0:
                self.rate = min(self.rate, left / seconds)

    def _try(self, cost: float) -> float:
        with self._lock:
            now = self._refill()
            if now < self._free_at:
                return self._free_at - now + _GRAIN
            need = min(cost, max(1.0, self.quota.burst))
            if self._level + _GRAIN >= need:
                self._level -= cost
                return 0.0
            return (need - self._level) / self.rate + _GRAIN

    def _refill(self) -> float:
        """Count the time since the last call, but for the part of it in which nothing might be sent."""
        now = self._clock.monotonic()
        passed = max(0.0, now - max(self._stamp, self._free_at))
        self._stamp = now
        self._level = min(max(1.0, self.quota.burst), self._level + passed * self.rate)
        whole = self.quota.per_second
        quickly = min(passed, max(0.0, self._edge - self.rate) / (whole * BACK))
        self.rate = min(whole, self.rate + whole * (BACK * quickly + BEYOND * (passed - quickly)))
        return now


class Limiter:
    """The buckets of one tenant, by the names of their quotas."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def bucket(self, quota: Quota) -> Bucket:
        """The bucket of that quota; two quotas of one name share it."""
        with self._lock:
            found = self._buckets.get(quota.name)
            if found is None:
                found = self._buckets[quota.name] = Bucket(quota, self._clock)
            return found
