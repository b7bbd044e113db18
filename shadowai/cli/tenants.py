"""Tenants as the commands about them name them, and the signals that end their work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from shadowai.cli import terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.config import Settings
    from shadowai.tenants import Tenant

names_argument = click.argument("names", nargs=-1, metavar="[NAME]...")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


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


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set while inside; a second SIGINT ends the program at once."""
    event = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        terminal.say("stopping; what was gathered is kept")

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
