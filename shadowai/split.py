"""One large plain log read in parts, by several processes; the result is that of reading it in one go.

Every part knows what the head of the file tells: its format, its header, the order of day and month. A part begins behind a
line break and knows the number of its first line. Whatever would make a line depend on one before it that is not in the head
(:meth:`~shadowai.sources.logs.logfile.LogFile.part` names them) stops the attempt, and the file is read in one go after all.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from shadowai import inputs
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.sources import container
from shadowai.sources.logs.logfile import LogFile, OutOfOrder, Tally

if TYPE_CHECKING:
    from datetime import tzinfo

    from shadowai.sources.logs.description import LogFormat

_PIECE = 1 << 20


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


class Part(NamedTuple):
    """Bytes ``start`` to ``end`` of a file: whole lines."""

    start: int
    end: int


class _Seen(NamedTuple):
    """What one part gave."""

    inventory: Inventory
    tally: Tally
    assumed: Counter[str]


def parts(path: str, count: int) -> list[Part]:
    """``path`` cut behind line breaks into ``count`` parts of much the same size, fewer where lines are long."""
    with open(path, "rb") as file:  # noqa: PTH123 - a path of a log may hold bytes that Path would show otherwise
        size = file.seek(0, io.SEEK_END)
        cuts = [0]
        for number in range(1, count):
            file.seek(max(size * number // count, cuts[-1]))
            file.readline()
            cuts.append(file.tell())
        cuts.append(size)
    return [Part(start, end) for start, end in pairwise(cuts) if end > start]


def fold(
    path: str,
    reading: Reading,
    names: Names,
    fresh_names: Callable[[], Names],
    count: int,
    inventory: Inventory,
    on_block: Callable[[int], None] | None = None,
    *,
    pool: Callable[[int], ProcessPoolExecutor] = ProcessPoolExecutor,
) -> LogFile | None:
    """Add the use of AI services in the log at ``path`` to ``inventory``, read in ``count`` parts by as many processes.

    Gives the log, for its gaps, notes and summary; ``None`` where it has to be read in one go, and ``inventory`` is as it was.
    """
    with _opened(path, reading, on_block) as log:
        if log is None or not log.in_parts:
            return None
        several = parts(path, count)
        if len(several) < 2:
            return None
        with pool(len(several) - 1) as workers:
            work = [workers.submit(_part, path, reading, fresh_names, part) for part in several[1:]]
            found = [_fold(log, path, several[0], 1, reading, names)]
            if found[0] is not None:
                found += [future.result() for future in work]
            else:
                workers.shutdown(wait=True, cancel_futures=True)
    if None in found:
        return None
    seen = cast("Sequence[_Seen]", found)
    for one in seen:
        inventory.merge(one.inventory)
    for one in seen[1:]:
        log.add_part(one.tally, one.assumed)
    return log


def _part(path: str, reading: Reading, fresh_names: Callable[[], Names], part: Part) -> _Seen | None:
    """One part, in a process of its own."""
    with _opened(path, reading) as log:
        return None if log is None else _fold(log, path, part, _lines_before(path, part.start), reading, fresh_names())


def _fold(
    log: LogFile,
    path: str,
    part: Part,
    first_line: int,
    reading: Reading,
    names: Names,
) -> _Seen | None:
    inventory = Inventory()
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        try:
            log.part(cast(BinaryIO, _Range(file, part)), first_line)
            inputs.scan_log(log, names, inventory, since=reading.since, until=reading.until, alone=reading.alone)
        except OutOfOrder:
            return None
    return _Seen(inventory, log.tally, Counter(log.assumed))


@contextmanager
def _opened(path: str, reading: Reading, on_block: Callable[[int], None] | None = None) -> Iterator[LogFile | None]:
    """The log at ``path`` as its head tells it; ``None`` where the file is no plain UTF-8 text."""
    source = next(iter(container.expand([path])))
    if not isinstance(source, container.Source):
        yield None
        return
    with container.opened(source) as stream:
        content = container.plain(source, stream)
        yield (
            None
            if content is None
            else inputs.log_file(content, reading.settings, reading.forced, reading.zone, on_block)
        )


def _lines_before(path: str, end: int) -> int:
    """The number of the line that begins at ``end``."""
    found = 1
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while end > 0:
            piece = file.read(min(_PIECE, end))
            if not piece:
                break
            found += piece.count(b"\n")
            end -= len(piece)
    return found


class _Range(io.RawIOBase):
    """Some bytes of a file."""

    def __init__(self, file: io.RawIOBase | BinaryIO, part: Part) -> None:
        self._file = file
        self._left = part.end - part.start
        file.seek(part.start)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left) if size >= 0 else self._left) or b""
        self._left -= len(data)
        return data
