"""Splits a scan into tasks, a file or a range of its bytes each, for other processes; their results are merged in input order.

A task knows what it needs (:func:`packed`: the options, the signatures, the user's own formats) and gives sums that merge. Nothing
depends on where or when it ran: run twice it gives the same, and what a lost worker had is done again by another. What a range gives, and
how ranges become one log again, is :mod:`shadowai.split`'s.
"""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import tempfile
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from shadowai import __version__, pipeline, split
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.errors import UsageError
from shadowai.model import Gap, Origin
from shadowai.names import Names
from shadowai.pipeline import Outcome, Progress, ScanOptions
from shadowai.sources.container import Source
from shadowai.split import Piece, Reading

if TYPE_CHECKING:
    from shadowai.sources.logs.logfile import LogFile

PART = 128 << 20
"""Bytes of a range: a second or so of work, beside which handing it out costs nothing."""
AHEAD = 4096
"""Tasks handed out before the first of them is waited for."""


class Promise(Protocol):
    """The part of :class:`concurrent.futures.Future` that is used here."""

    def result(self) -> Any:
        """The result of the task; raises what it raised."""

    def cancel(self) -> bool:
        """Cancel the task: its result is not needed."""


Submit = Callable[..., Promise]
"""``submit(function, *arguments)`` of a :class:`concurrent.futures.Executor`, or of anything like one."""


class Workers(NamedTuple):
    """Who does the work. ``job`` stands for :func:`packed` in what is submitted; ``lost`` are the errors that mean that whoever had a
    task is gone, and the task with it."""

    submit: Submit
    job: Any
    lost: tuple[type[Exception], ...] = (BrokenExecutor, CancelledError)


@dataclass(frozen=True, slots=True)
class _Job:
    """What every task of a scan has to know. ``formats`` are the user's own descriptions, by folder: name and content; ``leases`` files
    with their content and the time at which they were written (ns)."""

    options: ScanOptions
    catalog: Catalog
    formats: tuple[tuple[tuple[str, bytes], ...], ...]
    leases: tuple[tuple[bytes, int], ...]


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
    leases = tuple((path.read_bytes(), path.stat().st_mtime_ns) for path in settings.leases)
    needed = Settings(timezone=settings.timezone, capture=settings.capture)
    job = _Job(replace(options, settings=needed, policy=None, identities=None), known, formats, leases)
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
        cuts = split.ranges(source.size, part)
        if len(cuts) > 1:
            self._log = split.opened(source, _reading(options))
        if self._log is None:
            self.promises = [workers.submit(whole, workers.job, source)]
        else:
            self.promises = [workers.submit(piece, workers.job, source, *cut) for cut in cuts]

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
            one = promise.result()
            if one is None:  # its lines mean something only in order
                self.cancel()
                self._log, self.promises = None, [self._workers.submit(whole, self._workers.job, source)]
                return self._gathered(source)
            pieces.append(one)
        found, log = Outcome(), self._log
        split.joined(log, found.inventory, pieces)
        found.gaps += log.gaps()
        found.notes += log.notes()
        found.sources.append(log.summary())
        return found


def whole(job: bytes, source: Source) -> Outcome:
    """A task: one source, with all that is in it."""
    ready, names = _ready(job), _names(job)
    return pipeline.scan_source(source, ready.options, names, None)


def piece(job: bytes, source: Source, start: int, end: int | None) -> Piece | None:
    """A task: :func:`shadowai.split.piece` of a log."""
    return split.piece(source, _reading(_ready(job).options), _names(job), start, end)


def _reading(options: ScanOptions) -> Reading:
    return Reading(options.settings, options.forced(), options.zone(), options.since, options.until)


@lru_cache(maxsize=2)
def _ready(job: bytes) -> _Ready:
    """The job as it is used here, the user's own formats and files of leases, if there are any, laid down where they can be read: until
    this process ends, and longer where it is killed."""
    release, inside = pickle.loads(zlib.decompress(job))
    if release != __version__:
        raise UsageError(
            f"a worker has release {__version__} of this program, and the scan {release}",
            remedy="install the same on both",
        )
    found: _Job = pickle.loads(inside)
    if not (found.formats or found.leases):
        return _Ready(found.catalog, found.options)
    folder = Path(tempfile.mkdtemp(prefix="shadowai-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = replace(found.options.settings, formats_dir=_formats(found, folder), leases=_leases(found, folder))
    return _Ready(found.catalog, replace(found.options, settings=settings))


def _formats(job: _Job, folder: Path) -> tuple[Path, ...]:
    places = tuple(folder / str(number) for number in range(len(job.formats)))
    for place, files in zip(places, job.formats, strict=True):
        place.mkdir()
        for name, data in files:
            (place / os.path.basename(name)).write_bytes(data)  # noqa: PTH119
    return places


def _leases(job: _Job, folder: Path) -> tuple[Path, ...]:
    places = tuple(folder / f"leases-{number}" for number in range(len(job.leases)))
    for place, (data, written) in zip(places, job.leases, strict=True):
        place.write_bytes(data)
        os.utime(place, ns=(written, written))
    return places


_HERE = threading.local()


def _names(job: bytes) -> Names:
    """What decides about names: one for each thread of a worker, kept from task to task of one scan."""
    if getattr(_HERE, "job", None) != job:
        _HERE.job, _HERE.names = job, Names(_ready(job).catalog)
    return cast(Names, _HERE.names)
