"""Streams in, report out: every input opened, recognised, read, matched and folded; work split over processes.

``read`` is the reference path and prints what every record says. ``scan`` looks at names first and reads the rest of a
record only where its name may be AI. Both agree: ``scan(x) == fold(match(read(x)))``.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

from shadowai import catalog, policy, sightings
from shadowai.config import Settings
from shadowai.errors import SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Actor, Gap, Match, Note, Origin, Record, Report, Signature, SourceSummary
from shadowai.names import NO_HOST, Found, Names
from shadowai.sources import container, timestamps
from shadowai.sources.logs import formats_with
from shadowai.sources.logs.description import LogFormat
from shadowai.sources.logs.families import Tokens
from shadowai.sources.logs.logfile import LogFile, OnBlock, Row
from shadowai.sources.logs.quick import ACTOR, MANNER, Dimensions, dimensions
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.syslog import NO_HEADER

_REMEMBERED = 1 << 16
_WORTH_PROCESSES = 32 << 20
"""Bytes of input from which starting processes costs less than it saves."""


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


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a user asked for. Times are microseconds since the epoch, inclusive. ``jobs`` is a number of processes to spread
    files over; 0 chooses by the size of the input."""

    log_format: str | None = None
    timezone: str | None = None
    since: int | None = None
    until: int | None = None
    jobs: int = 0
    by: Literal["service", "user"] = "service"
    policy: str | None = None
    settings: Settings = field(default_factory=Settings)

    def forced(self) -> LogFormat | None:
        """The format the user forces; raises :class:`UsageError` for an unknown name."""
        if self.log_format is None:
            return None
        known = formats_with(self.settings.formats_dir)
        found = known.get(self.log_format) or next(
            (fmt for fmt in known.values() if self.log_format in fmt.same_as), None
        )
        if found is None:
            raise UsageError(f"unknown log format {self.log_format!r}", remedy="`shadowai formats` lists them")
        return found

    def zone(self) -> tzinfo | None:
        """The zone of times without one, as the user or the configuration says; ``None`` where nobody does."""
        name = self.timezone or self.settings.timezone
        return timestamps.zone(name) if name is not None else None

    def load_catalog(self) -> catalog.Catalog:
        """The signatures in force."""
        return catalog.Catalog.load(extra_dirs=self.settings.signatures_dir, disable=self.settings.disable)


@dataclass(slots=True)
class _Found:
    """What came out of some inputs; adds up in input order."""

    inventory: Inventory = field(default_factory=Inventory)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sources: list[SourceSummary] = field(default_factory=list)

    def merge(self, other: _Found) -> None:
        self.inventory.merge(other.inventory)
        self.gaps += other.gaps
        self.notes += other.notes
        self.sources += other.sources


def read(paths: Sequence[str], *, options: ScanOptions) -> Iterator[Record | Gap | Note]:
    """Every record as understood, each unreadable line as a gap at its place; per file its other gaps and its notes."""
    container.check_exist(paths)
    forced, zone = options.forced(), options.zone()
    for item in _log_files(paths, options, forced, zone):
        if isinstance(item, Gap):
            yield item
            continue
        fresh: list[tuple[int, str]] = []
        item.tally.fresh = fresh
        for row in item.rows():
            yield from _drained(fresh, item.path)
            record = item.record(row)
            item.tally.named += record.host is not None
            yield record
        yield from _drained(fresh, item.path)
        yield from (gap for gap in item.gaps() if not gap.examples)
        yield from item.notes()


def scan(paths: Sequence[str], *, options: ScanOptions, progress: Progress | None = None) -> Report:
    """The inventory of AI use in ``paths``, with everything that could not be looked at.

    Raises :class:`UsageError` for a path that does not exist, an unknown format or zone, or a policy that is wrong.
    """
    container.check_exist(paths)
    options.forced()
    options.zone()
    known = options.load_catalog()
    rules = _policy(options, known)
    sources = list(container.expand(paths))
    if progress is not None:
        sizes = [source.size for source in sources if isinstance(source, container.Source)]
        progress.start(sum(size or 0 for size in sizes) if all(size is not None for size in sizes) else None)
    found = _Found()
    for part in _parts(sources, options, known, progress):
        found.merge(part)
    if progress is not None:
        progress.done()
    return _report(found, options, known, rules)


def fold(
    records: Iterator[Record] | Sequence[Record],
    names: Names,
    inventory: Inventory,
    *,
    since: int | None = None,
    until: int | None = None,
) -> int:
    """Match and fold records of the reference path into ``inventory``; returns how many were explained."""
    sums = sightings.Fold(inventory.add, names)
    explained = 0
    for record in records:
        matches = sightings.matches_of(record, names)
        if matches and record.counted and sightings.in_window(record, since, until):
            sums.add(record, matches)
            explained += 1
    sums.flush()
    return explained


def scan_file(
    log: LogFile, names: Names, inventory: Inventory, *, since: int | None = None, until: int | None = None
) -> None:
    """Fold one log file into ``inventory``, names first."""
    work = _NamesFirst(log, names, inventory, since, until)
    for row in log.rows(names.is_refused):
        work.take(row)
    work.sums.flush()


class _Manner(NamedTuple):
    """What records with the same host and the same manner (method, action, user agent …) share."""

    way: int
    counted: bool
    blocked: bool
    facts: frozenset[str]


class _Cell(NamedTuple):
    """Where the records of one actor, name and manner are counted; ``total`` is ``None`` for records that are no activity and
    good while the fold's ``generation`` is the same."""

    total: sightings.Sum | None
    manner: _Manner
    generation: int


class _NamesFirst:
    """Decides about each record by its name; of an AI record it reads only what it has not met before."""

    def __init__(self, log: LogFile, names: Names, inventory: Inventory, since: int | None, until: int | None) -> None:
        self.sums = sightings.Fold(inventory.add, names)
        self._log = log
        self._names = names
        self._since, self._until = since, until
        self._manners: dict[tuple[Any, ...], _Manner] = {}
        self._actors: dict[tuple[Any, ...], Actor] = {}
        self._cells: dict[Hashable, _Cell] = {}
        self._adopted: dict[tuple[FormatReader, int], tuple[int, Dimensions, Dimensions, Dimensions]] = {}
        self._reader: FormatReader | None = None
        self._version = -1

    def take(self, row: Row) -> None:
        """Look at one record."""
        names, tally = self._names, self._log.tally
        decision = NO_HOST if row.name is None else names.decide(row.name)
        if decision is NO_HOST:
            decision = names.first(row.reader.candidates(row.tokens))
        if decision is NO_HOST:
            address = row.reader.server(row.tokens)
            decision = names.decide(address) if address is not None else NO_HOST
        else:
            tally.named += 1
        if isinstance(decision, Found):
            if not decision.needs_url:
                self._count(row, decision.host, decision.matches)
            elif matches := names.matches(decision, row.reader.url(row.tokens, decision.host)):
                self._count(row, (decision.host, *[match.pattern for match in matches]), matches)

    def _count(self, row: Row, name: Hashable, matches: tuple[Match, ...]) -> None:
        """By actor and manner; the first record of a manner, and one without a time of its own, is read in full."""
        reader, tokens = row.reader, row.tokens
        if row.header is not NO_HEADER:
            self._read(row, matches)
            return
        if reader is not self._reader or reader.tokenizer.version != self._version:
            self._adopt(reader)
        key = (self._place, name, self._record_of(tokens))
        cell = self._cells.get(key)
        if cell is None or cell.generation != self.sums.generation:
            cell = self._open(key, row, name, matches)
            if cell is None:
                return
        tally = self._log.tally
        if cell.total is None:
            tally.uncounted += 1
            return
        time, bytes_up, bytes_down = reader.amounts(tokens)
        if time is None:
            self._read(row, matches)
        elif (self._since is not None and time < self._since) or (self._until is not None and time > self._until):
            tally.outside += 1
        else:
            tally.ai += 1
            if cell.manner.facts:
                cell.total.facts |= cell.manner.facts
            cell.total.add(self._log.path, row.line, time, cell.manner.blocked, bytes_up, bytes_down)

    def _open(self, key: Hashable, row: Row, name: Hashable, matches: tuple[Match, ...]) -> _Cell | None:
        """The cell for a record whose like was not met; ``None`` where its manner is new too, and it was read in full."""
        manner_key = (self._place, name, self._manner_of(row.tokens))
        manner = self._manners.get(manner_key)
        if manner is None:
            record = self._read(row, matches)
            if len(self._manners) >= _REMEMBERED:
                self._manners.clear()
            way, facts = self.sums.way(record, matches), self.sums.facts(record)
            self._manners[manner_key] = _Manner(way, record.counted, bool(record.blocked), facts)
            return None
        total = self.sums.sum_for(self._actor(row.reader, row.tokens), manner.way) if manner.counted else None
        if len(self._cells) >= _REMEMBERED:
            self._cells.clear()
        cell = self._cells[key] = _Cell(total, manner, self.sums.generation)
        return cell

    def _adopt(self, reader: FormatReader) -> None:
        """Another format, or other columns than before: they have texts of their own."""
        self._reader, self._version = reader, reader.tokenizer.version
        known = self._adopted.get((reader, self._version))
        if known is None:
            actor_of, manner_of = dimensions(reader, ACTOR), dimensions(reader, MANNER, conditions=True)
            record_of = dimensions(reader, (*ACTOR, *MANNER), conditions=True)
            known = self._adopted[reader, self._version] = (len(self._adopted), actor_of, manner_of, record_of)
        self._place, self._actor_of, self._manner_of, self._record_of = known

    def _actor(self, reader: FormatReader, tokens: Tokens) -> Actor:
        key = (self._place, self._actor_of(tokens))
        found = self._actors.get(key)
        if found is None:
            if len(self._actors) >= _REMEMBERED:
                self._actors.clear()
            found = self._actors[key] = reader.actor(tokens)
        return found

    def _read(self, row: Row, matches: tuple[Match, ...]) -> Record:
        """In full, as the reference path does."""
        record = self._log.record(row)
        tally = self._log.tally
        if not record.counted:
            tally.uncounted += 1
        elif not sightings.in_window(record, self._since, self._until):
            tally.outside += 1
        else:
            tally.ai += 1
            self.sums.add(record, matches)
        return record


def _log_files(
    paths: Sequence[str], options: ScanOptions, forced: LogFormat | None, zone: tzinfo | None
) -> Iterator[LogFile | Gap]:
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
) -> Iterator[LogFile | Gap]:
    """The log files within one source; a source that cannot be opened is a gap."""
    known = formats_with(options.settings.formats_dir)
    try:
        with container.opened(source) as stream:
            for content in container.contents(source, stream):
                if isinstance(content, Gap):
                    yield content
                else:
                    yield LogFile(content, known, forced=forced, zone=zone, on_block=_follow(stream, progress))
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
) -> Iterator[_Found]:
    """What each source gives, in input order; in several processes where that was asked for and pays."""
    files = [source for source in sources if isinstance(source, container.Source) and source.path != "-"]
    workers = min(_workers(options.jobs, files), len(files))
    if workers < 2:
        names = Names(known)
        for source in sources:
            yield _Found(gaps=[source]) if isinstance(source, Gap) else _scan_source(source, options, names, progress)
        return
    with ProcessPoolExecutor(workers) as pool:
        work = [
            None if isinstance(source, Gap) or source.path == "-" else pool.submit(_scan_path, source.path, options)
            for source in sources
        ]
        for source, future in zip(sources, work, strict=True):
            if isinstance(source, Gap):
                yield _Found(gaps=[source])
            elif future is None:
                yield _scan_source(source, options, Names(known), progress)
            else:
                if progress is not None:
                    progress.file(source.path)
                yield future.result()
                if progress is not None:
                    progress.advance(source.size or 0)


def _workers(jobs: int, files: Sequence[container.Source]) -> int:
    """The processes to use: as many as were asked for, or by default one a core where there is enough to read."""
    if jobs:
        return jobs
    return os.cpu_count() or 1 if sum(file.size or 0 for file in files) >= _WORTH_PROCESSES else 1


def _scan_path(path: str, options: ScanOptions) -> _Found:
    """One file in a process of its own."""
    found = _Found()
    names = Names(options.load_catalog())
    for source in container.expand([path]):
        found.merge(_Found(gaps=[source]) if isinstance(source, Gap) else _scan_source(source, options, names, None))
    return found


def _scan_source(source: container.Source, options: ScanOptions, names: Names, progress: Progress | None) -> _Found:
    found = _Found()
    if progress is not None:
        progress.file(source.path)
    for log in _open(source, options, options.forced(), options.zone(), progress):
        if isinstance(log, Gap):
            found.gaps.append(log)
            continue
        scan_file(log, names, found.inventory, since=options.since, until=options.until)
        found.gaps += log.gaps()
        found.notes += log.notes()
        found.sources.append(log.summary())
    return found


def _report(found: _Found, options: ScanOptions, known: catalog.Catalog, rules: policy.Policy) -> Report:
    today = datetime.now(UTC).date()
    entries = found.inventory.entries(options.by, lookup=lambda id: _signature(known, id), policy=rules, today=today)
    return Report(
        entries=entries,
        gaps=tuple(found.gaps),
        notes=(*found.notes, *found.inventory.notes(options.by)),
        sources=tuple(found.sources),
        by=options.by,
        signatures=known.version,
    )


def _signature(known: catalog.Catalog, id: str) -> Signature:
    found = known.get(id)
    if found is None:
        raise UsageError(f"no signature {id!r} in the catalogue", remedy="give every run the same signature folders")
    return found


def _policy(options: ScanOptions, known: catalog.Catalog) -> policy.Policy:
    path = options.policy or options.settings.policy
    if path is None:
        return policy.Policy.empty()
    rules = policy.Policy.load(Path(path))
    signatures = known.signatures.values()
    wrong = rules.check(
        known_ids={signature.id for signature in signatures},
        known_vendors={signature.vendor for signature in signatures},
        known_categories={signature.category for signature in signatures},
    )
    for problem in wrong:
        raise problem
    return rules


def _drained(fresh: list[tuple[int, str]], path: str) -> Iterator[Gap]:
    for line, reason in fresh:
        yield Gap(Origin(path, line), reason)
    fresh.clear()
