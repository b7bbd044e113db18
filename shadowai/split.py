"""One large plain log read in ranges of its bytes, wherever they are read; the result is that of reading it in one go.

A range's lines are those that begin in it, so that ranges are plain arithmetic; their numbers are known when the ranges before it are
done. Every range knows what the head of the file tells: its format, its header, the order of day and month. Whatever would make a line
depend on one before it that is not in the head (:meth:`~shadowai.sources.logs.logfile.LogFile.part` names them) stops the attempt, and
the file is read in one go after all.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from shadowai import fast, inputs
from shadowai.config import Settings
from shadowai.errors import SourceError
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.sources import container, framing
from shadowai.sources.container import Source
from shadowai.sources.logs.logfile import LogFile, OutOfOrder
from shadowai.sources.logs.tally import Tally

if TYPE_CHECKING:
    from datetime import tzinfo

    from shadowai.sources.logs.description import LogFormat

_PIECE = 1 << 20
_FAR = 1 << 40
"""The number of a range's first line until it is known: beyond what any file's head has."""

Range = tuple[int, int | None]
"""The first byte, and the one behind the last; ``None`` for all the rest."""
OnBlock = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a log is to be read: what the user forces, the zone of its times, the window (µs, inclusive)."""

    settings: Settings
    forced: LogFormat | None = None
    zone: tzinfo | None = None
    since: int | None = None
    until: int | None = None
    alone: bool = False
    """Whether it is all there is to read."""


class Piece(NamedTuple):
    """What a range of a log gave; its first line has the number ``first`` in it. ``breaks`` are the line breaks in it."""

    inventory: Inventory
    tally: Tally
    assumed: Counter[str]
    first: int
    breaks: int


def ranges(size: int | None, part: int) -> list[Range]:
    """So many bytes in ranges of ``part``; one where nothing is known of the size."""
    return list(pairwise([*range(0, size or 1, part), None]))


def opened(source: Source, reading: Reading, on_block: OnBlock | None = None) -> LogFile | None:
    """The log as its head tells it, where it may be read in ranges."""
    try:
        with container.opened(source) as stream:
            content = container.plain(source, stream) if stream.seekable() else None
            if content is None:
                return None
            log = inputs.log_file(content, reading.settings, reading.forced, reading.zone, on_block)
            return log if log.in_parts else None
    except SourceError:
        return None


def piece(
    source: Source, reading: Reading, names: Names, start: int, end: int | None, on_block: OnBlock | None = None
) -> Piece | None:
    """The lines of a plain log that begin in its bytes ``start`` to ``end`` (``None``: all the rest). ``None`` where they mean something
    only together with others."""
    at_hand = next((log for one, log in _AT_HAND if _is_same(one, source)), None)
    log = opened(source, reading, on_block) if at_hand is None else at_hand.again(on_block)
    if log is None:
        return None
    inventory, first = Inventory(), _FAR if start else 1
    try:
        with container.opened(source) as stream:
            lines = Lines(stream, start, end)
            log.part(cast(BinaryIO, lines), first)
            inputs.scan_log(log, names, inventory, since=reading.since, until=reading.until, alone=reading.alone)
    except (OutOfOrder, SourceError):  # a source that fails says why when it is read in one go
        return None
    return Piece(inventory, log.tally, Counter(log.assumed), first, lines.breaks)


_AT_HAND: list[tuple[Source, LogFile]] = []
"""The log that is being read in ranges, of which the head is known: a process that is forked off for a range need not look at it."""


def _is_same(mine: Source, theirs: Source) -> bool:
    """Whether two inputs are the same one; how they are opened cannot be compared."""
    return (mine.path, mine.size, mine.modified) == (theirs.path, theirs.size, theirs.modified)


def joined(log: LogFile, inventory: Inventory, pieces: Sequence[Piece]) -> None:
    """Add the pieces of one log, in their order, to ``inventory``, and use them up; ``log`` is it, and has read nothing but its head."""
    line = 1
    for one in pieces:
        one.inventory.move(line - one.first)
        inventory.take(one.inventory)
        moved = {
            reason: [count, *(place + line - one.first for place in places)]
            for reason, (count, *places) in one.tally.unreadable.items()
        }
        log.add_part(replace(one.tally, unreadable=moved), one.assumed)
        line += one.breaks


def fold(
    path: str,
    reading: Reading,
    names: Names,
    fresh_names: Callable[[], Names],
    count: int,
    inventory: Inventory,
    on_block: OnBlock | None = None,
    *,
    pool: Callable[[int], ProcessPoolExecutor] = ProcessPoolExecutor,
) -> LogFile | None:
    """Add the use of AI services in the log at ``path`` to ``inventory``, read in ``count`` ranges by as many processes.

    Gives the log, for its gaps, notes and summary; ``None`` where it has to be read in one go, and ``inventory`` is as it was.
    """
    source = next(iter(container.expand([path])))
    log = opened(source, reading) if isinstance(source, Source) else None
    if log is None or not isinstance(source, Source):
        return None
    first, *others = ranges(source.size, -(-(source.size or 1) // count))
    if not others:
        return None
    _AT_HAND.append((source, log))
    try:
        with pool(len(others)) as workers:
            work = [workers.submit(_elsewhere, source, reading, fresh_names, cut) for cut in others]
            found = [piece(source, reading, names, *first, on_block)]
            if found[0] is not None:
                found += [future.result() for future in work]
            else:
                workers.shutdown(wait=True, cancel_futures=True)
    except BrokenExecutor:  # one of them was killed
        return None
    finally:
        _AT_HAND.pop()
    if None in found:
        return None
    joined(log, inventory, cast("Sequence[Piece]", found))
    return log


def _elsewhere(source: Source, reading: Reading, fresh_names: Callable[[], Names], cut: Range) -> Piece | None:
    """One range, in a process of its own."""
    return piece(source, reading, fresh_names(), *cut)


class Lines(io.RawIOBase):
    """The lines of ``stream``, which can seek, that begin at ``start`` or behind it, and before ``end``."""

    def __init__(self, stream: BinaryIO, start: int, end: int | None) -> None:
        self._stream, self._end = stream, end
        self._ended = False
        self.breaks = 0
        self._at = self._seek(start) if start else 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, ``b""`` at the end."""
        data = b"" if self._ended else self._stream.read(size if size >= 0 else _PIECE)
        at, self._at = self._at, self._at + len(data)
        if self._end is not None and self._at >= self._end:
            stop = data.find(b"\n", max(self._end - 1 - at, 0))
            if stop >= 0:
                data, self._ended = data[: stop + 1], True
        self.breaks += fast.breaks(data)
        return data

    def readinto1(self, room: memoryview) -> int:
        """Read as :meth:`read` does, into ``room``; how many bytes."""
        got = 0 if self._ended else framing.fill(self._stream, room)
        at, self._at = self._at, self._at + got
        if self._end is not None and self._at >= self._end:
            stop = bytes(room[:got]).find(b"\n", max(self._end - 1 - at, 0))
            if stop >= 0:
                got, self._ended = stop + 1, True
        self.breaks += fast.breaks(room[:got])
        return got

    def _seek(self, start: int) -> int:
        """Go to the first line that begins at ``start`` or behind it; where that is."""
        at = start - 1
        self._stream.seek(at)
        while (self._end is None or at < self._end - 1) and (data := self._stream.read(_PIECE)):
            found = data.find(b"\n")
            if found >= 0:
                at += found + 1
                self._stream.seek(at)
                self._ended = self._end is not None and at >= self._end
                return at
            at += len(data)
        self._ended = True
        return at
