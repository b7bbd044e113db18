"""Tenants as the commands about them name them, and the signals that end their work."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from shadowai.cli import terminal
from shadowai.cli.stopping import taken
from shadowai.errors import UsageError
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.config import Settings
    from shadowai.tenants import Tenant

names_argument = click.argument("names", nargs=-1, metavar="[NAME]...")
PACE = 0.2
"""Seconds between two writings of a line."""
WIDTH = 79
_INTERVAL = re.compile(r"([0-9]{1,4})([mhd])")


def chosen(settings: Settings, names: Sequence[str]) -> tuple[Tenant, ...]:
    """The configured tenants of those names or connectors; all of them where nothing is named.

    Raises :class:`~shadowai.errors.UsageError` for a name that there is not, and where no tenant is configured.
    """
    if not settings.tenants:
        where = str(settings.path) if settings.path else "shadowai.toml"
        raise UsageError("no tenant is configured", remedy=f"write [tenants.NAME] and its settings into {where}")
    known = {tenant.name for tenant in settings.tenants} | {tenant.connector for tenant in settings.tenants}
    for name in names:
        if name not in known:
            listed = ", ".join(tenant.name for tenant in settings.tenants)
            raise UsageError(f"no tenant is called {name!r}", remedy=f"configured: {listed}")
    return tuple(t for t in settings.tenants if not names or t.name in names or t.connector in names)


class Line:
    """How far a sweep is, as one line on stderr that is written over; told by several threads."""

    def __init__(self, name: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._shown = 0.0
        self._lock = threading.Lock()

    def __call__(self, done: int, total: int, task: str) -> None:
        """``done`` of ``total`` tasks have ended."""
        with self._lock:
            if self._clock() - self._shown >= PACE:
                self._shown = self._clock()
                self._write(printable(f"{self._name}: {done:,} of {total:,} tasks, {task}")[:WIDTH])

    def done(self) -> None:
        """Wipe the line out."""
        with self._lock:
            self._write("")

    @staticmethod
    def _write(text: str) -> None:
        with suppress(OSError):  # a terminal that is gone ends no sweep
            sys.stderr.write(f"\r{text:<{WIDTH}}\r{text}")
            sys.stderr.flush()


@contextmanager
def line(name: str, wanted: bool) -> Iterator[Line | None]:
    """A line where it is ``wanted`` and stderr is a terminal, else ``None``; wiped out at the end."""
    made = Line(name) if wanted and sys.stderr.isatty() else None
    try:
        yield made
    finally:
        if made is not None:
            made.done()


def interval(text: str) -> float:
    """The seconds of ``30m``, ``6h``, ``1d``; raises :class:`click.BadParameter`, also for less than a minute."""
    found = _INTERVAL.fullmatch(text)
    if not found or not int(found[1]):
        raise click.BadParameter(f"{text!r} is not a time like 30m, 6h or 1d", param_hint="--every")
    return int(found[1]) * {"m": 60.0, "h": 3600.0, "d": 86400.0}[found[2]]


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set while inside; a second SIGINT or SIGTERM ends the program at once."""
    event = threading.Event()

    def ask(at_once: bool) -> None:
        if event.is_set() and at_once:
            raise KeyboardInterrupt
        event.set()
        terminal.say("stopping; what was gathered is kept")

    before = taken(ask)
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
