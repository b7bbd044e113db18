"""How commands end that would go on forever: after a time, or with a signal."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from time import monotonic
from types import FrameType, TracebackType
from typing import Any, Self

_HANGUP = getattr(signal, "SIGHUP", None)
SIGNALS = (signal.SIGINT, signal.SIGTERM, *((_HANGUP,) if _HANGUP is not None else ()))
"""The first of these ends the work and writes the inventory; the second ends the program."""
_NAP = 0.05


def taken(ask: Callable[[bool], None]) -> dict[signal.Signals, Any]:
    """Let ``ask`` take the signals; what took them before. It is told whether the signal may end the program at once: a terminal that is
    closed sends SIGHUP more than once (the kernel and the shell do), and what a watch of hours has in memory is not lost for it. A SIGHUP
    that whoever started the program ignores (``nohup``) stays so."""

    def told(number: int, frame: FrameType | None) -> None:
        ask(number != _HANGUP)

    heard = (one for one in SIGNALS if one != _HANGUP or signal.getsignal(one) is not signal.SIG_IGN)
    return {number: signal.signal(number, told) for number in heard}


class Stop:
    """Says when the work is over: ``duration`` seconds after it was first asked, or once a signal has come. Use it in a
    ``with`` block."""

    def __init__(self, duration: float | None = None) -> None:
        self._duration = duration
        self._until: float | None = None
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = taken(self._ask)
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

    def _ask(self, at_once: bool) -> None:
        if self._asked and at_once:
            raise KeyboardInterrupt
        self._asked = True
