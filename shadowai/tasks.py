"""A scan as tasks: a file, or a range of bytes of one; each read wherever it is given to, and put together in input order.

A task knows what it needs (:func:`packed`: the options, the signatures, the user's own formats) and gives sums that merge. Nothing
depends on where or when it ran: run twice it gives the same, and what a lost worker had is done again by another. A range's lines are
those that begin in it, so that ranges are plain arithmetic; their numbers are known when the ranges before it are done.
"""

from __future__ import annotations

import atexit
import io
import os
import pickle
import shutil
import tempfile
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, cast

from shadowai import __version__, inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Gap, Origin
from shadowai.names import Names
from shadowai.pipeline import Outcome, Progress, ScanOptions
from shadowai.sources import container
from shadowai.sources.container import Source

if TYPE_CHECKING:
    from shadowai.sources.logs.logfile import LogFile, Tally

PART = 128 << 20
"""Bytes of a range: a second or so of work, beside which handing it out costs nothing."""
AHEAD = 4096
"""Tasks handed out before the first of them is waited for."""
_PIECE = 1 << 20
_FAR = 1 << 40
"""The number of a range's first line until it is known: beyond what any file's head has."""


class Promise(Protocol):
    """What a future does here (:class:`concurrent.futures.Future`)."""

    def result(self) -> Any:
        """What the task gave; raises what it raised."""

    def cancel(self) -> bool:
        """It is not needed any more."""


Submit = Callable[..., Promise]
"""``submit(function, *arguments)`` of a :class:`concurrent.futures.Executor`, or of anything like one."""


class Workers(NamedTuple):
    """Who does the work. ``job`` stands for :func:`packed` in what is submitted; ``lost`` are the errors that mean that whoever had a
    task is gone, and the task with it."""

    submit: Submit
    job: Any
    lost: tuple[type[Exception], ...] = (BrokenExecutor, CancelledError)


class Piece(NamedTuple):
    """What a range of a log gave; its first line has the number ``first`` in it. ``breaks`` are the line breaks in it."""

    inventory: Inventory
    tally: Tally
    assumed: Counter[str]
    first: int
    breaks: int


@dataclass(frozen=True, slots=True)
class _Job:
    """What every task of a scan has to know. ``formats`` are the user's own descriptions, by folder: name and content."""

    options: ScanOptions
    catalog: Catalog
    formats: tuple[tuple[tuple[str, bytes], ...], ...]


class _Ready(NamedTuple):
    catalog: Catalog
    options: ScanOptions


def packed(options: ScanOptions, known: Catalog) -> bytes:
    """Everything that a task needs beside its input, for another process of the same release. Nothing of tenants is in it."""
    settings = options.settings
    formats = tuple(
        tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.toml")))
        for folder in settings.formats_dir
    )
    needed = Settings(timezone=settings.timezone, capture=settings.capture)
    job = _Job(replace(options, settings=needed, policy=None, identities=None), known, formats)
    return zlib.compress(pickle.dumps((__version__, pickle.dumps(job))))


def outcomes(
    sources: Sequence[Source | Gap],
    options: ScanOptions,
    known: Catalog,
    processes: int,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """What each source gives, in input order, read on the cluster that the options name or by so many processes here."""
    job = packed(options, known)
    if options.cluster is not None:
        from shadowai import cluster

        with cluster.workers(options.cluster, job) as workers:
            yield from spread(sources, options, known, workers, progress=progress)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn")
    ) as pool:  # remote sources have threads: no fork
        yield from spread(sources, options, known, Workers(pool.submit, job), progress=progress)


def spread(
    sources: Sequence[Source | Gap],
    options: ScanOptions,
    known: Catalog,
    workers: Workers,
    *,
    part: int = PART,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """What each source gives, in input order, read by ``workers`` in ranges of ``part`` bytes where it is one large plain log.

    What no worker lived to read is a gap; what a task raises is raised.
    """
    begun: deque[_Begun] = deque()
    try:
        for source in sources:
            begun.append(_Begun(source, options, known, workers, part))
            while sum(len(one.promises) for one in begun) > AHEAD:
                yield begun[0].outcome(progress)
                begun.popleft()
        while begun:
            yield begun[0].outcome(progress)
            begun.popleft()
    finally:
        for one in begun:
            one.cancel()


class _Begun:
    """One source that was handed out, whole or in ranges."""

    def __init__(self, source: Source | Gap, options: ScanOptions, known: Catalog, workers: Workers, part: int) -> None:
        self._source, self._options, self._known, self._workers = source, options, known, workers
        self._log: LogFile | None = None
        self.promises: list[Promise] = []
        if isinstance(source, Gap) or source.path == "-":
            return
        cuts = [*range(0, source.size or 0, part), None]
        if len(cuts) > 2:
            self._log = _splittable(source, options)
        if self._log is None:
            self.promises = [workers.submit(whole, workers.job, source)]
        else:
            self.promises = [workers.submit(piece, workers.job, source, *cut) for cut in pairwise(cuts)]

    def cancel(self) -> None:
        """Take back what has not been done yet."""
        for promise in self.promises:
            promise.cancel()

    def outcome(self, progress: Progress | None) -> Outcome:
        """What the source gave; waits for it."""
        source = self._source
        if isinstance(source, Gap):
            return Outcome(gaps=[source])
        if not self.promises:  # standard input is here, and nowhere else
            return pipeline.scan_source(source, self._options, Names(self._known), progress)
        if progress is not None:
            progress.file(source.path)
        try:
            found = self._gathered(source)
        except self._workers.lost as wrong:
            self.cancel()
            reason = (
                f"not read: every worker that it was given to was lost ({type(wrong).__name__}); "
                "look at the workers' logs and memory, or scan it without --cluster"
            )
            found = Outcome(gaps=[Gap(Origin(source.path), reason)])
        if progress is not None:
            progress.advance(source.size or 0)
        return found

    def _gathered(self, source: Source) -> Outcome:
        if self._log is None:
            return cast(Outcome, self.promises[0].result())
        pieces = []
        for promise in self.promises:
            found = promise.result()
            if found is None:  # its lines mean something only in order
                self.cancel()
                self._log, self.promises = None, [self._workers.submit(whole, self._workers.job, source)]
                return self._gathered(source)
            pieces.append(found)
        return joined(self._log, pieces)


def joined(log: LogFile, pieces: Sequence[Piece]) -> Outcome:
    """The pieces of one log, in their order, as one; ``log`` is it, and has read nothing but its head."""
    found = Outcome()
    line = 1
    for one in pieces:
        one.inventory.move(line - one.first)
        found.inventory.merge(one.inventory)
        moved = {
            reason: [count, *(place + line - one.first for place in places)]
            for reason, (count, *places) in one.tally.unreadable.items()
        }
        log.add_part(replace(one.tally, unreadable=moved), one.assumed)
        line += one.breaks
    found.gaps += log.gaps()
    found.notes += log.notes()
    found.sources.append(log.summary())
    return found


def whole(job: bytes, source: Source) -> Outcome:
    """A task: one source, with all that is in it."""
    ready, names = _ready(job), _names(job)
    return pipeline.scan_source(source, ready.options, names, None)


def piece(job: bytes, source: Source, start: int, end: int | None) -> Piece | None:
    """A task: the lines of a plain log that begin in its bytes ``start`` to ``end`` (``None``: all the rest). ``None`` where they mean
    something only together with others."""
    from shadowai.sources.logs.logfile import OutOfOrder

    ready, names = _ready(job), _names(job)
    log = _splittable(source, ready.options)
    if log is None:
        return None
    options, inventory = ready.options, Inventory()
    first = _FAR if start else 1
    try:
        with container.opened(source) as stream:
            lines = Lines(stream, start, end)
            log.part(cast(BinaryIO, lines), first)
            inputs.scan_log(log, names, inventory, since=options.since, until=options.until)
    except (OutOfOrder, SourceError):  # a source that fails says why when it is read in one go
        return None
    return Piece(inventory, log.tally, Counter(log.assumed), first, lines.breaks)


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
        self.breaks += data.count(b"\n")
        return data

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


def _splittable(source: Source, options: ScanOptions) -> LogFile | None:
    """The log as its head tells it, where it may be read in ranges."""
    try:
        with container.opened(source) as stream:
            content = container.plain(source, stream) if stream.seekable() else None
            if content is None:
                return None
            log = inputs.log_file(content, options.settings, options.forced(), options.zone())
            return log if log.in_parts else None
    except SourceError:
        return None


@lru_cache(maxsize=2)
def _ready(job: bytes) -> _Ready:
    """The job as it is used here, the user's own formats laid down where they can be read."""
    release, inside = pickle.loads(zlib.decompress(job))
    if release != __version__:
        raise UsageError(
            f"a worker has release {__version__} of this program, and the scan {release}",
            remedy="install the same on both",
        )
    found: _Job = pickle.loads(inside)
    folder = tempfile.mkdtemp(prefix="shadowai-") if found.formats else ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    places = []
    for number, files in enumerate(found.formats):
        place = Path(folder, str(number))
        place.mkdir()
        for name, data in files:
            (place / os.path.basename(name)).write_bytes(data)  # noqa: PTH119
        places.append(place)
    settings = replace(found.options.settings, formats_dir=tuple(places))
    return _Ready(found.catalog, replace(found.options, settings=settings))


_HERE = threading.local()


def _names(job: bytes) -> Names:
    """What decides about names: one for each thread of a worker, kept from task to task of one scan."""
    if getattr(_HERE, "job", None) != job:
        _HERE.job, _HERE.names = job, Names(_ready(job).catalog)
    return cast(Names, _HERE.names)
