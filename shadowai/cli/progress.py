"""Progress on stderr, for people who wait."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from shadowai.normalize import printable

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 2.0
"""Seconds of work before a bar appears: shorter work needs none, and pays nothing for the library that draws it."""


class Bar:
    """Bytes read of all bytes to read, and the file at hand. Drawn once the work has taken :data:`PATIENCE` seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._total: int | None = None
        self._read = 0
        self._path = ""
        self._drawn: Progress | None = None

    def start(self, total_bytes: int | None) -> None:
        """The work begins; ``None`` where nobody knows how much it is (stdin)."""
        self._began = self._clock()
        self._total = total_bytes

    def file(self, path: str) -> None:
        """``path`` is read now."""
        self._path = printable(path)
        self._show()

    def advance(self, n_bytes: int) -> None:
        """``n_bytes`` more were read."""
        self._read += n_bytes
        self._show()

    def done(self) -> None:
        """The work is over, or given up: the bar is wiped out. May be called more than once."""
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None
        self._began = float("inf")

    def _show(self) -> None:
        if self._drawn is None:
            if self._clock() - self._began < PATIENCE:
                return
            self._drawn = _draw(self._total)
        self._drawn.update(self._drawn.task_ids[0], completed=self._read, description=self._path)


def _draw(total: int | None) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    bar = Progress(
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("", total=total)
    bar.start()
    return bar


def bar_for(wanted: bool) -> Bar | None:
    """A bar where it is ``wanted`` and stderr is a terminal, else ``None``."""
    return Bar() if wanted and sys.stderr.isatty() else None
