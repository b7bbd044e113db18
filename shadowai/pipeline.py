"""Streams in, report out: every input opened, recognised, read, matched and folded; work split over processes.

``read`` is the reference path and prints what every record says. ``scan`` looks at names first and reads the rest of a
record only where its name may be AI. Both agree: ``scan(x) == fold(match(read(x)))``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol

from shadowai import catalog, fast, inputs, policy, sightings
from shadowai.config import Settings
from shadowai.decisions.finishing import finishing
from shadowai.errors import SourceError, UsageError
from shadowai.inputs import Input, OnBlock
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, Record, Report, Signature, SourceSummary
from shadowai.names import Names
from shadowai.packs import loading
from shadowai.sources import container, duplicates, remote

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from shadowai.identities import Identities
    from shadowai.risk.rating import Rater
    from shadowai.sources.logs.description import LogFormat

HASH_KEY = "SHADOWAI_HASH_KEY"
"""Environment variable: the secret that keys the hashes of API keys found in clear text."""
_WORTH_PROCESSES = 32 << 20
"""Bytes of input from which starting processes costs less than it saves."""
_WORTH_PARTS = 512 << 20
"""The same for the parts of one log that the compiled fold reads."""


class Progress(Protocol):
    """Is told how far the work has come."""

    def start(self, total_bytes: int | None) -> None:
        """Work begins; the bytes to read, where known."""

    def file(self, path: str) -> None:
        """The next input."""

    def advance(self, n_bytes: int) -> None:
        """So many bytes more are done."""

    def done(self) -> None:
        """Work is over."""


def _secret() -> bytes:
    """What keys the hashes of keys in clear text: the environment's, so that hashes compare over runs, or this run's own."""
    return os.environ.get(HASH_KEY, "").encode("utf-8", "surrogateescape") or os.urandom(32)


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a user asked for. Times are microseconds since the epoch, inclusive. ``jobs`` is a number of processes to spread
    files over; 0 chooses by the size of the input. ``cluster`` is the address of a Dask scheduler whose workers read the files.
    ``tables`` are asked in their warehouses, after the files are read; ``columns`` name the column of a field where it is not plain.
    ``decisions`` is the file of the decision log; with ``pseudonymise``, people are shown by pseudonyms."""

    log_format: str | None = None
    timezone: str | None = None
    since: int | None = None
    until: int | None = None
    jobs: int = 0
    cluster: str | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    by: Literal["service", "user"] = "service"
    policy: str | None = None
    identities: str | None = None
    decisions: str | None = None
    pseudonymise: bool = False
    settings: Settings = field(default_factory=Settings)
    secret: bytes = field(default_factory=_secret, repr=False, compare=False)

    def forced(self) -> LogFormat | None:
        """The format the user forces; raises :class:`UsageError` for an unknown name."""
        if self.log_format is None:
            return None
        from shadowai.sources.logs import formats_with

        known = formats_with(self.settings.formats_dir, apart=False)
        found = known.get(self.log_format) or next(
            (fmt for fmt in known.values() if self.log_format in fmt.same_as), None
        )
        if found is None:
            raise UsageError(f"unknown log format {self.log_format!r}", remedy="`shadowai formats` lists them")
        return found

    def zone(self) -> tzinfo | None:
        """The zone of times without one, as the user or the configuration says; ``None`` where nobody does."""
        name = self.timezone or self.settings.timezone
        if name is None:
            return None
        from shadowai.sources import timestamps

        return timestamps.zone(name)

    def people(self) -> Identities | None:
        """Who is who, where the user says so; raises :class:`UsageError` for a file that is wrong."""
        if self.identities is None:
            return None
        from shadowai.identities import Identities

        return Identities.load(Path(self.identities))

    def rater(self, known: catalog.Catalog) -> Rater:
        """What rates the risk of services that ``known`` explains, by the published weights or the user's own; raises
        :class:`UsageError` for weights that are wrong."""
        from shadowai.risk import weights
        from shadowai.risk.rating import Rater

        return Rater(weights.load(self.settings.risk), known.files.__getitem__)

    def load_catalog(self) -> catalog.Catalog:
        """The signatures in force."""
        return loading.in_force(self.settings)


@dataclass(slots=True)
class Outcome:
    """What came out of some inputs; adds up in input order."""

    inventory: Inventory = field(default_factory=Inventory)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sources: list[SourceSummary] = field(default_factory=list)

    def merge(self, other: Outcome) -> None:
        """Add what came out of later inputs."""
        self.inventory.merge(other.inventory)
        self.gaps += other.gaps
        self.notes += other.notes
        self.sources += other.sources


def read(paths: Sequence[str], *, options: ScanOptions) -> Iterator[Record | Gap | Note]:
    """Every record as understood, each unreadable line as a gap at its place; per file its other gaps and its notes."""
    container.check_exist(paths)
    forced, zone = options.forced(), options.zone()
    for item in _files(paths, options, forced, zone):
        if isinstance(item, Gap):
            yield item
        else:
            yield from item.records()


def scan(paths: Sequence[str], *, options: ScanOptions, progress: Progress | None = None) -> Report:
    """The inventory of AI use in ``paths``, with everything that could not be looked at.

    Raises :class:`UsageError` for a path that does not exist, an unknown format or zone, or a policy that is wrong.
    """
    return scan_by(paths, (options.by,), options=options, progress=progress)[0]


def scan_by(
    paths: Sequence[str],
    ways: Sequence[Literal["service", "user"]],
    *,
    options: ScanOptions,
    progress: Progress | None = None,
) -> tuple[Report, ...]:
    """One :func:`scan` of ``paths``, and its inventory in several ``ways``, in their order."""
    paths = remote.dated(paths, options.since, options.until)
    container.check_exist(paths)
    options.forced()
    options.zone()
    known = options.load_catalog()
    report = reporting(options, known)
    found = gather(paths, options=options, known=known, progress=progress)
    return tuple(report(found, by) for by in ways)


def reporting(options: ScanOptions, known: catalog.Catalog) -> Callable[[Outcome, Literal["service", "user"]], Report]:
    """What makes reports of outcomes, as ``options`` say, in a way. Raises :class:`UsageError` where the policy, the weights of risk or
    the file of people is wrong."""
    rules, rater, people = rules_of(options, known), options.rater(known), options.people()
    finish = finishing(options, known, people)
    return lambda found, by: finish(_report(found, replace(options, by=by), known, rules, people, rater))


def gather(
    paths: Sequence[str], *, options: ScanOptions, known: catalog.Catalog, progress: Progress | None = None
) -> Outcome:
    """What a :func:`scan` of ``paths`` makes its report of, before verdicts and who is who. Raises :class:`UsageError` as it does."""
    paths = remote.dated(paths, options.since, options.until)
    container.check_exist(paths)
    sources, repeated = duplicates.distinct(list(container.expand(paths)))
    if progress is not None:
        sizes = [source.size for source in sources if isinstance(source, container.Source)]
        progress.start(sum(size or 0 for size in sizes) if all(size is not None for size in sizes) else None)
    _IN_FORCE.append(_InForce(options.settings, known))
    try:
        parts = _parts(sources, options, known, progress)
        found = next(parts, None) or Outcome()
        for part in parts:
            found.merge(part)
    finally:
        _IN_FORCE.pop()
    found.notes += repeated
    for table in options.tables:
        from shadowai import warehouse

        found.merge(warehouse.scan(table, options, known))
    if progress is not None:
        progress.done()
    return found


def fold(
    records: Iterator[Record] | Sequence[Record],
    names: Names,
    inventory: Inventory,
    *,
    since: int | None = None,
    until: int | None = None,
) -> int:
    """Match and fold records of the reference path into ``inventory``; returns how many were explained."""
    sums = sightings.Fold(inventory, names, inventory.joins)
    explained = 0
    for record in records:
        matches = sightings.matches_of(record, names)
        counts = record.counted and sightings.in_window(record, since, until)
        sums.take(record, matches, counts=counts)
        explained += counts and sightings.is_ai(matches)
    sums.flush()
    return explained


def _files(
    paths: Sequence[str], options: ScanOptions, forced: LogFormat | None, zone: tzinfo | None
) -> Iterator[Input | Gap]:
    for source in container.expand(paths):
        if isinstance(source, Gap):
            yield source
        else:
            yield from _open(source, options, forced, zone)


def _open(
    source: container.Source,
    options: ScanOptions,
    forced: LogFormat | None,
    zone: tzinfo | None,
    progress: Progress | None = None,
    *,
    alone: bool = False,
) -> Iterator[Input | Gap]:
    """The logs and captures within one source, which may be all there is (``alone``); a source that cannot be opened is a gap."""
    settings = options.settings
    try:
        with container.opened(source) as stream:
            for content in container.contents(source, stream):
                if isinstance(content, Gap):
                    yield content
                elif content.capture:
                    yield inputs.capture(content, settings, options.secret, _follow(stream, progress))
                else:
                    single = alone and content.path == source.path
                    yield inputs.log(content, settings, forced, zone, _follow(stream, progress), alone=single)
    except SourceError as wrong:
        yield Gap(
            wrong.origin or Origin(source.path), f"{wrong.message}" + (f" ({wrong.remedy})" if wrong.remedy else "")
        )


def _follow(stream: BinaryIO, progress: Progress | None) -> OnBlock | None:
    """Reports how far the file itself, compressed or not, has been read."""
    if progress is None:
        return None
    done = 0
    seekable = stream.seekable()

    def report(size: int) -> None:
        nonlocal done
        at = max(stream.tell(), done) if seekable else done + size
        progress.advance(at - done)
        done = at

    return report


def _parts(
    sources: Sequence[container.Source | Gap], options: ScanOptions, known: catalog.Catalog, progress: Progress | None
) -> Iterator[Outcome]:
    """What each source gives, in input order; in several processes where that was asked for and pays."""
    files = [source for source in sources if isinstance(source, container.Source) and source.path != "-"]
    processes = _workers(options.jobs, files)
    if files and (options.cluster is not None or (processes > 1 and any(remote.is_url(file.path) for file in files))):
        from shadowai import tasks

        yield from tasks.outcomes(sources, options, known, processes, progress)
        return
    workers = min(processes, len(files))
    if workers < 2:
        names, alone = Names(known), len(sources) == 1 and not options.tables
        for source in sources:
            if isinstance(source, Gap):
                yield Outcome(gaps=[source])
            else:
                found = _in_parts(source, options, names, progress, alone=alone)
                yield found or scan_source(source, options, names, progress, alone=alone)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        work = [
            None if isinstance(source, Gap) or source.path == "-" else _handed_out(pool, source, options)
            for source in sources
        ]
        for source, future in zip(sources, work, strict=True):
            if isinstance(source, Gap):
                yield Outcome(gaps=[source])
            elif future is None:
                yield scan_source(source, options, Names(known), progress)
            else:
                if progress is not None:
                    progress.file(source.path)
                yield _came_back(future, source)
                if progress is not None:
                    progress.advance(source.size or 0)


def _handed_out(pool: ProcessPoolExecutor, source: container.Source, options: ScanOptions) -> Future[Outcome]:
    """What a process of the pool will make of a source, also where the pool has lost one already."""
    from concurrent.futures import BrokenExecutor, Future

    try:
        return pool.submit(_scan_elsewhere, source, options)
    except BrokenExecutor as wrong:
        lost: Future[Outcome] = Future()
        lost.set_exception(wrong)
        return lost


def _came_back(promise: Future[Outcome], source: container.Source) -> Outcome:
    """What a source gave; a gap where a process of the pool was killed, and with it whatever was not done yet."""
    from concurrent.futures import BrokenExecutor

    try:
        return promise.result()
    except BrokenExecutor:
        reason = "not read: a process that read files was killed, for want of memory perhaps (scan it with --jobs 1)"
        return Outcome(gaps=[Gap(Origin(source.path), reason)])


def _workers(jobs: int, files: Sequence[container.Source]) -> int:
    """The processes to use: as many as were asked for, or by default one a core where there is enough to read."""
    if jobs:
        return jobs
    return os.cpu_count() or 1 if sum(file.size or 0 for file in files) >= _WORTH_PROCESSES else 1


def _in_parts(
    source: container.Source, options: ScanOptions, names: Names, progress: Progress | None, *, alone: bool
) -> Outcome | None:
    """One large log read by several processes; ``None`` for what has to be read in one go."""
    count = _workers(options.jobs, [source])
    if count < 2 or source.path == "-" or not source.size or not _is_plain(source):
        return None
    if not options.jobs and source.size < _WORTH_PARTS and fast.lines_module() is not None:
        return None
    from shadowai import split

    reading = split.Reading(options.settings, options.forced(), options.zone(), options.since, options.until, alone)
    found = Outcome()
    if progress is not None:
        progress.file(source.path)
    done = 0

    def follow(size: int) -> None:
        nonlocal done
        done += size
        if progress is not None:
            progress.advance(size)

    try:
        log = split.fold(source.path, reading, names, partial(_names, options), count, found.inventory, follow)
    except SourceError:
        log = None  # it says what is wrong again when it is read in one go
    if progress is not None:
        progress.advance(source.size - done if log is not None else -done)
    if log is None:
        return None
    found.gaps += log.gaps()
    found.notes += log.notes()
    found.sources.append(log.summary())
    return found


def _is_plain(source: container.Source) -> bool:
    """Whether the source is text as it stands: asked before anything of logs is imported, which a capture need not wait for."""
    try:
        with container.opened(source) as stream:
            return container.plain(source, stream) is not None
    except SourceError:
        return False


@dataclass(slots=True)
class _InForce:
    """The signatures of the scan at hand: a process that is forked off for it need not load them, and asks about a name once, in whatever
    files it is."""

    settings: Settings
    known: catalog.Catalog
    names: Names | None = None


_IN_FORCE: list[_InForce] = []


def _names(options: ScanOptions) -> Names:
    """What decides about names, in a process of its own."""
    found = next((one for one in _IN_FORCE if one.settings == options.settings), None)
    if found is None:
        return Names(options.load_catalog())
    found.names = found.names or Names(found.known)
    return found.names


def _scan_elsewhere(source: container.Source, options: ScanOptions) -> Outcome:
    """One source in a process of its own."""
    return scan_source(source, options, _names(options), None)


def scan_source(
    source: container.Source, options: ScanOptions, names: Names, progress: Progress | None, *, alone: bool = False
) -> Outcome:
    """What one source gives, read here and in one go; ``alone`` where it is all there is to read."""
    found = Outcome()
    if progress is not None:
        progress.file(source.path)
    for item in _open(source, options, options.forced(), options.zone(), progress, alone=alone):
        if isinstance(item, Gap):
            found.gaps.append(item)
            continue
        item.fold_into(found.inventory, names, options.since, options.until)
        found.gaps += item.gaps()
        found.notes += item.notes()
        found.sources.append(item.summary())
    return found


def _report(
    found: Outcome,
    options: ScanOptions,
    known: catalog.Catalog,
    rules: policy.Policy,
    people: Identities | None,
    rater: Rater,
) -> Report:
    today = datetime.now(UTC).date()
    joined = people is not None
    inventory = found.inventory if people is None else found.inventory.identified(people.who)
    entries = inventory.entries(
        options.by,
        lookup=lambda id: _signature(known, id),
        policy=rules,
        today=today,
        persons=joined,
        department=people.department if people is not None else None,
    )
    gaps, named = inputs.named_elsewhere(found.gaps, found.sources, options.settings)
    return Report(
        entries=rater.rated(entries),
        gaps=tuple(gaps),
        notes=(
            *known.notes,
            *found.notes,
            *named,
            *inventory.notes(options.by, persons=joined),
            *rules.notes(entries),
            *(people.notes(found.inventory.seen()) if people else ()),
        ),
        sources=tuple(found.sources),
        by=options.by,
        signatures=known.version,
        candidates=inventory.candidates(),
    )


def _signature(known: catalog.Catalog, id: str) -> Signature:
    found = known.get(id)
    if found is None:
        raise UsageError(f"no signature {id!r} in the catalogue", remedy="give every run the same signature folders")
    return found


def rules_of(options: ScanOptions, known: catalog.Catalog) -> policy.Policy:
    """The policy that the user or the configuration names, or none; raises :class:`UsageError` where it is wrong."""
    path = options.policy or options.settings.policy
    if path is None:
        return policy.Policy.empty()
    from shadowai.policy import disputes

    rules = policy.Policy.load(Path(path))
    services = tuple(known.services())
    wrong = rules.check(
        known_ids={service.id for service in services},
        known_vendors={service.vendor for service in services},
        known_categories={service.category for service in services},
    )
    for problem in wrong:
        raise problem
    return disputes.marked(rules, services)
