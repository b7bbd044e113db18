"""A log or a capture as the pipeline takes them: records to print, or use to fold into an inventory.

What the one or the other needs is imported when there is one: whoever scans a capture does not wait for a hundred log formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol

from shadowai import sightings
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, Record, SourceSummary
from shadowai.names import Found, Names
from shadowai.sources.container import Content

if TYPE_CHECKING:
    from shadowai.sources.capture.capture_file import CaptureFile
    from shadowai.sources.logs.description import LogFormat
    from shadowai.sources.logs.logfile import LogFile

OnBlock = Callable[[int], None]


class Input(Protocol):
    """Is read once: either :meth:`records` or :meth:`fold_into`, then the rest."""

    def records(self) -> Iterator[Record | Gap | Note]:
        """Every record as understood, each unreadable line as a gap at its place; then the other gaps, and the notes."""

    def fold_into(self, inventory: Inventory, names: Names, since: int | None, until: int | None) -> None:
        """Add the use of AI services within the window (µs, inclusive)."""

    def gaps(self) -> Iterator[Gap]:
        """What could not be read."""

    def notes(self) -> Iterator[Note]:
        """What was assumed, left out or cannot be seen."""

    def summary(self) -> SourceSummary:
        """Counts of the whole input."""


def log(
    content: Content, settings: Settings, forced: LogFormat | None, zone: tzinfo | None, on_block: OnBlock | None
) -> Input:
    """The log in ``content``."""
    return _Log(log_file(content, settings, forced, zone, on_block))


def log_file(
    content: Content,
    settings: Settings,
    forced: LogFormat | None,
    zone: tzinfo | None,
    on_block: OnBlock | None = None,
) -> LogFile:
    """The log in ``content``, its format told by its head."""
    from shadowai.sources.logs import formats_with
    from shadowai.sources.logs.logfile import LogFile

    return LogFile(content, formats_with(settings.formats_dir), forced=forced, zone=zone, on_block=on_block)


def scan_log(
    log: LogFile, names: Names, inventory: Inventory, *, since: int | None = None, until: int | None = None
) -> None:
    """Fold one log into ``inventory``, names first."""
    from shadowai.names_first import scan_file

    scan_file(log, names, inventory, since=since, until=until)


def capture(content: Content, settings: Settings, secret: bytes, on_block: OnBlock | None) -> Input:
    """The capture in ``content``; ``secret`` keys the hashes of API keys in clear text."""
    from shadowai.sources.capture.capture_file import CaptureFile

    return _Capture(
        CaptureFile(content.path, content.stream, limits=settings.capture, secret=secret, on_block=on_block)
    )


class _Log:
    def __init__(self, file: LogFile) -> None:
        self._file = file
        self.gaps, self.notes, self.summary = file.gaps, file.notes, file.summary

    def records(self) -> Iterator[Record | Gap | Note]:
        file = self._file
        fresh: list[tuple[int, str]] = []
        file.tally.fresh = fresh
        for row in file.rows():
            yield from _drained(fresh, file.path)
            record = file.record(row)
            file.tally.named += record.host is not None
            yield record
        yield from _drained(fresh, file.path)
        yield from (gap for gap in file.gaps() if not gap.examples)
        yield from file.notes()

    def fold_into(self, inventory: Inventory, names: Names, since: int | None, until: int | None) -> None:
        scan_log(self._file, names, inventory, since=since, until=until)


class _Capture:
    def __init__(self, file: CaptureFile) -> None:
        self._file = file
        self.gaps, self.notes, self.summary = file.gaps, file.notes, file.summary

    def records(self) -> Iterator[Record | Gap | Note]:
        yield from self._file.records()
        yield from self._file.gaps()
        yield from self._file.notes()

    def fold_into(self, inventory: Inventory, names: Names, since: int | None, until: int | None) -> None:
        scan_capture(self._file, names, inventory, since=since, until=until)


def scan_capture(
    file: CaptureFile, names: Names, inventory: Inventory, *, since: int | None = None, until: int | None = None
) -> None:
    """Fold one capture into ``inventory``: names that are no AI service's are dropped where they are met."""

    def wanted(host: str | None, url: str | None) -> bool:
        return host is not None and isinstance(names.decide(host), Found)

    sums = sightings.Fold(inventory.add, names)
    tally = file.tally
    for record in file.records(wanted, compiled=True):
        matches = sightings.matches_of(record, names)
        if not record.counted:
            tally.uncounted += 1
        elif not sightings.in_window(record, since, until):
            tally.outside += 1
        elif matches:
            tally.ai += 1
            sums.add(record, matches)
    sums.flush()


def _drained(fresh: list[tuple[int, str]], path: str) -> Iterator[Gap]:
    for line, reason in fresh:
        yield Gap(Origin(path, line), reason)
    fresh.clear()
