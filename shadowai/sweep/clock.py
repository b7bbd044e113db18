"""Time as a sweep sees it: handed in, so that hours of waiting can be tested in no time."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from shadowai.tenant import TenantError, Trouble


class Clock(Protocol):
    """Seconds that pass, the time of day, and a sleep that a stop ends."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. Raises :class:`~shadowai.tenant.TenantError` with ``STOPPED`` where the sweep is to stop."""
        ...

    def check(self) -> None:
        """Raise the same error where the sweep is to stop, else nothing."""
        ...


class WallClock:
    """The machine's clock. ``stopping`` ends every sleep as soon as it is set."""

    def __init__(self, stopping: threading.Event | None = None) -> None:
        self.stopping = stopping or threading.Event()

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait that long, or until the sweep is stopped."""
        self.stopping.wait(max(0.0, seconds))
        self.check()

    def check(self) -> None:
        """Raise where the sweep is to stop."""
        if self.stopping.is_set():
            raise TenantError(Trouble.STOPPED, "the sweep was stopped", remedy="run it again: it goes on where it was")
