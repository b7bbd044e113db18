"""Processes of their own that write into a history. Each imports this module, and with it little."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.tenant import Grant
from tests.history.making import app, entry, grant, scan, sweep


def write(url: str, number: int) -> None:
    """Remembers three scans of one log."""
    with History(url) as history:
        for day in range(3):
            log = f"log{number}"
            remember(history, scan(entry("claude", f"user{number}"), day=day, logs=[f"{log}.log"]))


def _until_killed() -> Iterator[Grant]:
    for number in range(2000):
        if number == 1500:
            os.kill(os.getpid(), signal.SIGKILL)
        yield grant("a", f"p{number}")


def killed(url: str) -> None:
    """Is killed while it remembers a sweep."""

    class Many(list[Grant]):
        def __iter__(self) -> Iterator[Grant]:
            return _until_killed()

    with History(url) as history:
        remember(history, sweep(apps=[app("a")], grants=Many(), day=1))
