"""How commands end that would go on forever: after a time, or with a signal."""

from __future__ import annotations

import signal
import time
from time import monotonic
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""The first of these ends the work and writes the inventory; the second ends the program."""
_NAP = 0.05


class Stop:
    """Says when the work is over: ``duration`` seconds after it was first asked, or once a signal has come. Use it in a
    ``with`` block."""

    def __init__(self, duration: float | None = None) -> None:
        self._duration = duration
        self._until: float | None = None
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._ask) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def __call__(self) -> bool:
        if self._until is None and self._duration is not None:
            self._until = monotonic() + self._duration
        return self._asked or (self._until is not None and monotonic() >= self._until)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the work is over, which is what it says."""
        until = monotonic() + seconds
        while not self() and monotonic() < until:
            time.sleep(min(_NAP, max(until - monotonic(), 0)))
        return self()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
