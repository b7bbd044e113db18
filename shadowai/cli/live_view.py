"""The table on a terminal while a watch goes on: who uses which service, how much, since when."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from shadowai.export.summary import counted, shortened
from shadowai.export.table import size
from shadowai.export.times import as_iso
from shadowai.model import Actor, Usage, Verdict

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live

    from shadowai.watch import Standing

PACE = 1.0
"""Seconds between two drawings, at least."""
_SHARE = 10
"""A drawing that takes long is followed by a pause of so many times as much."""
_AROUND = 5
"""Lines of the terminal that are no rows."""
_CELL = 40
_STYLES = {"in use": "bold", "looked up": "dim"}


class Watched(Protocol):
    """What is shown of a watch: :class:`~shadowai.watch.Watch`."""

    @property
    def interface(self) -> str: ...
    @property
    def frames(self) -> int: ...
    @property
    def connections(self) -> int: ...
    def standing(self) -> tuple[Standing, ...]: ...


class Row(NamedTuple):
    """A row as it is shown; every text is safe for a terminal. ``since`` and ``latest`` are when the first and the latest
    connection (or look-up) began; ``verdict`` is that of the policy and of people's decisions."""

    who: str
    service: str
    state: str
    verdict: str
    sent: str
    received: str
    since: str
    latest: str
    names: str


TITLES = Row("WHO", "SERVICE", "STATE", "VERDICT", "SENT", "RECEIVED", "SINCE", "LATEST", "NAMES")


class View:
    """Draws on ``console`` (the terminal on stdout by default), and wipes out what it drew at the end of its ``with`` block."""

    def __init__(self, console: Console | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console

        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._clock = clock
        self._began = self._next = clock()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.live import Live

        self._live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, watch: Watched, dropped: int) -> None:
        """Draw how the watch stands, if it is time to."""
        now = self._clock()
        if self._live is None or now < self._next:
            return
        standing = watch.standing()
        heads = (heading(watch, int(now - self._began), standing), lost(dropped))
        self._live.update(_drawn(rows(standing), heads, *self._console.size), refresh=True)
        after = self._clock()
        self._next = after + max(PACE, _SHARE * (after - now))


def view_for(wanted: bool) -> View | None:
    """A view where it is ``wanted`` and stdout is a terminal that can be drawn on, else ``None``."""
    return View() if wanted and sys.stdout.isatty() and os.environ.get("TERM") != "dumb" else None


def heading(watch: Watched, seconds: int, standing: Sequence[Standing]) -> str:
    """What is watched, for how long, and how much was seen."""
    services = len({one.entry.service_id for one in standing})
    figures = (
        counted(watch.frames, "frame"),
        f"{counted(watch.connections, 'connection')} followed",
        counted(services, "AI service"),
    )
    return f"{shortened(watch.interface)}, {timedelta(seconds=seconds)}: {', '.join(figures)}. Ctrl-C ends the watch."


def lost(dropped: int) -> str:
    """What the kernel dropped, empty where that is nothing."""
    return f"{counted(dropped, 'frame')} dropped by the kernel: they were not looked at." if dropped else ""


def rows(standing: Sequence[Standing]) -> list[Row]:
    """What is in use first, then what was seen last."""
    newest = max((one.entry.last_seen or 0 for one in standing), default=0)
    ordered = sorted(standing, key=lambda one: (not one.open, -(one.entry.last_seen or 0), one.entry.asset_id))
    return [_row(one, as_iso(newest)[:10]) for one in ordered]


def _row(one: Standing, today: str) -> Row:
    entry = one.entry
    who = entry.actor or Actor()
    names = ", ".join(shortened(name, _CELL) for name in entry.names[:2])
    more = f" +{len(entry.names) - 2}" if len(entry.names) > 2 else ""
    return Row(
        shortened(who.user or who.device or who.address or "", _CELL),
        shortened(entry.service, _CELL),
        _state(one),
        entry.verdict.value,
        size(entry.bytes_up),
        size(entry.bytes_down),
        _moment(entry.first_seen, today),
        _moment(entry.last_seen, today),
        names + more,
    )


def _state(one: Standing) -> str:
    if one.open:
        state = "in use"
    elif one.entry.usage is None:
        state = "blocked"
    else:
        state = "looked up" if one.entry.usage is Usage.RESOLVED else "used"
    return state if one.entry.confidence == "confirmed" else f"{state}, {one.entry.confidence}"


def _moment(micros: int | None, today: str) -> str:
    """The time of day (UTC), on other days than ``today`` the day as well."""
    text = as_iso(micros)
    return text[11:] if text[:10] == today else text[:16].replace("T", " ")


def _drawn(found: Sequence[Row], heads: tuple[str, str], width: int, height: int) -> Group:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    room = max(height - _AROUND, 1)
    shown = found[:room]
    lines = [Text(heads[0], no_wrap=True, overflow="ellipsis")]
    if heads[1]:
        lines.append(Text(heads[1], style="bold red"))
    if not shown:
        return Group(*lines, Text("No AI service so far.", style="dim"))
    titles = _titles(found, width)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in titles:
        table.add_column(
            title, justify="right" if title in ("SENT", "RECEIVED") else "left", no_wrap=True, overflow="ellipsis"
        )
    for row in shown:
        cells = (cell for title, cell in zip(TITLES, row, strict=True) if title in titles)
        table.add_row(*(Text(cell, style=_STYLES.get(row.state, "")) for cell in cells))
    rest = [Text(f"and {len(found) - room:,} more", style="dim")] if len(found) > room else []
    return Group(*lines, table, *rest)


def _titles(found: Sequence[Row], width: int) -> list[str]:
    """The columns that say something: no verdicts where nobody has said any; no names on a narrow terminal."""
    said = any(row.verdict != Verdict.UNREVIEWED.value for row in found)
    left_out = {*([] if said else [TITLES.verdict]), *([] if width >= 110 else [TITLES.names])}
    return [title for title in TITLES if title not in left_out]
