"""Time that passes only when everybody waits: hours of quotas take seconds, and what is measured is the waiting."""

from __future__ import annotations

import heapq
import threading
import time
from itertools import count

from shadowai.tenant import TenantError, Trouble

QUIET = 0.001
"""Real seconds within which nothing may have happened before time goes on."""
IDLE = 0.0004
"""CPU seconds that this process may use in those and still be called idle."""
BEGINS = 1_795_000_000.0
"""2026-11-18T11:06:40Z."""


class IdleClock:
    """A :class:`~shadowai.sweep.clock.Clock` for a sweep and its server in one process.

    Sleepers wait until nobody computes any more; then time jumps to the first of them. A thread that was merely slow is overtaken:
    durations come out too long at times, never too short.
    """

    def __init__(self, now: float = BEGINS) -> None:
        self.now = self._began = now
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._numbers = count()
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._closed = False
        self._last = now
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def __enter__(self) -> IdleClock:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._some.set()
        self._thread.join()

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self.now - self._began

    def time(self) -> float:
        """Seconds since 1970."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Wait until everybody else waits, too, and it is this sleeper's turn."""
        self.check()
        if seconds <= 0:
            return
        woken = threading.Event()
        with self._lock:
            heapq.heappush(self._waiting, (self.now + seconds, next(self._numbers), woken))
            self._some.set()
        woken.wait()
        self.check()

    def check(self) -> None:
        """Raise where the clock is closed while somebody still waits."""
        if self._closed:
            raise TenantError(Trouble.STOPPED, "the clock was closed")

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody waits: until the next day's sweep."""
        with self._lock:
            self.now += seconds

    def _tick(self) -> None:
        while not self._closed:
            self._some.wait()
            self._until_idle()
            with self._lock:
                if self._waiting:
                    self.now = max(self.now, self._waiting[0][0])
                while self._waiting and self._waiting[0][0] <= self.now:
                    heapq.heappop(self._waiting)[2].set()
                if not self._waiting and not self._closed:
                    self._some.clear()
        for _, _, woken in self._waiting:
            woken.set()

    def _until_idle(self) -> None:
        """Return when two looks in a row find no work done in this process."""
        calm, used = 0, time.process_time()
        while calm < 2 and not self._closed:
            time.sleep(QUIET)
            now = time.process_time()
            calm = calm + 1 if now - used < IDLE else 0
            used = now


class QuickClock:
    """Time whose sleeps last a thousandth, and no more than 20 ms: for sweeps in processes of their own, which are killed."""

    def __init__(self, now: float = BEGINS) -> None:
        self._now = now
        self._passed = 0.0

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() + self._passed

    def time(self) -> float:
        """Seconds since 1970: the day stands still, so that windows stay what they are."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Hardly wait."""
        self._passed += max(0.0, seconds)
        time.sleep(min(max(0.0, seconds) / 1000, 0.02))

    def check(self) -> None:
        """Nobody stops it."""
