"""A log or a capture as the pipeline takes them: records to print, or use to fold into an inventory.

What the one or the other needs is imported when there is one: whoever scans a capture does not wait for a hundred log formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol

from shadowai import sightings
from shadowai.answers import Connection
from shadowai.blind_hosts import shows_in_captures
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, Record, Session, SourceSummary
from shadowai.names import NO_HOST, NOT_AI, Found, Names
from shadowai.sessions import KINDS
from shadowai.sources.container import Content

if TYPE_CHECKING:
    from shadowai.leases import Leases
    from shadowai.sources.capture.capture_file import CaptureFile
    from shadowai.sources.logs.bulk import Said
    from shadowai.sources.logs.description import LogFormat
    from shadowai.sources.logs.logfile import LogFile
    from shadowai.sources.logs.reader import FormatReader
    from shadowai.sources.logs.runs import Row
    from shadowai.sources.logs.tokens import Tokens

OnBlock = Callable[[int], None]
NAMELESS = "no record names a host"
"""How the gap begins that a log is whose records tell addresses only (:mod:`shadowai.sources.logs.logfile`)."""


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
    content: Content,
    settings: Settings,
    forced: LogFormat | None,
    zone: tzinfo | None,
    on_block: OnBlock | None,
    *,
    alone: bool = False,
) -> Input:
    """The log in ``content``, which may be all there is to read (``alone``)."""
    return _Log(log_file(content, settings, forced, zone, on_block), alone)


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

    log = LogFile(content, formats_with(settings.formats_dir), forced=forced, zone=zone, on_block=on_block)
    log.known = leases(settings)
    return log


def leases(settings: Settings) -> Leases | None:
    """What is known of which device had an address when, where the settings say where; raises :class:`UsageError` as
    :meth:`~shadowai.leases.Leases.load` does."""
    if not settings.leases:
        return None
    from shadowai.leases import Leases
    from shadowai.sources import timestamps

    return Leases.load(settings.leases, timestamps.zone(settings.timezone) if settings.timezone is not None else None)


def scan_log(
    log: LogFile,
    names: Names,
    inventory: Inventory,
    *,
    since: int | None = None,
    until: int | None = None,
    alone: bool = False,
) -> None:
    """Fold one log into ``inventory``, names first. ``alone`` where there is no other log that could say more of its connections."""
    from shadowai.names_first import scan_file

    if log.known is not None:
        inventory.joins.say(log.known.notes)
    if log.known is None and alone and log.stands_alone:
        scan_file(log, names, inventory, since=since, until=until)
        return
    together = _Together(log, names, inventory, since, until)
    log.aside, log.passed, log.said = together.take, together.pass_over, together.said
    if not alone or log.tells_answers:
        log.answers = inventory.joins.answers
    scan_file(log, names, inventory, since=since, until=until)
    together.sums.flush()


class _Together:
    """Takes the records that say something of others, as the reference path does; those named otherwise are left."""

    def __init__(self, log: LogFile, names: Names, inventory: Inventory, since: int | None, until: int | None) -> None:
        self._log, self._names, self._inventory = log, names, inventory
        self._since, self._until = since, until
        self.sums = sightings.Fold(inventory, names, inventory.joins)

    def take(self, row: Row) -> bool:
        """Whether the record is done with here."""
        reader, tokens = row.reader, row.tokens
        decision = self._names.first(reader.candidates(tokens))
        nameless = decision is NO_HOST and not isinstance(self._names.decide(reader.server(tokens) or ""), Found)
        if reader.description.told is not None:
            self._log.answers = self._inventory.joins.answers
            if nameless or decision is NOT_AI:
                self.pass_over(reader, (tokens,))
        if decision is NOT_AI:
            return False
        session = reader.session(tokens)
        if nameless:
            return self._by_address(row, session) or self._size(row, session)
        return self._use(row, session, named=decision is not NO_HOST)

    def said(self, said: Said) -> None:
        """What records that need no reading say to others: addresses that were told for a name of no AI service, the sizes of
        connections, and those that wait for a name."""
        joins, log = self._inventory.joins, self._log
        if said.others:
            joins.answers.others(said.others.splitlines())
        keep = joins.sessions.keep
        for size in said.sizes:
            keep(*size)
        source = log.primary.description.name
        for line, session, up, down, actor, server, time, began, blocked, counted, assumed in said.waits:
            if not joins.answers.wants(actor.address or "", server):
                continue
            log.assume(assumed)
            if counted:
                channel = sightings.CHANNELS["connection"]
                one = Connection(actor, channel, source, log.path, line, time, began, blocked, up, down, session)
                joins.answers.wait(server, one)

    def pass_over(self, reader: FormatReader, rows: Sequence[Tokens]) -> None:
        """DNS records of names that are no AI service's: an address that was also the answer for one of these names nothing."""
        other, answer_of = self._inventory.joins.answers.other, reader.answer
        for answer in map(answer_of, rows):
            if answer is not None:
                other(answer)

    def _size(self, row: Row, session: Session | None) -> bool:
        """The whole of a connection that another record may name."""
        reader, tokens = row.reader, row.tokens
        if session is not None and reader.counts(tokens):
            self._inventory.joins.sessions.size(session, reader.kind(tokens), reader.port(tokens))
        return session is not None

    def _by_address(self, row: Row, session: Session | None) -> bool:
        """A connection that a DNS answer may name."""
        reader, tokens = row.reader, row.tokens
        unnamed = session is None or not session.named
        if self._log.answers is None or not unnamed or reader.kind(tokens) != "connection":
            return False
        client, server = reader.client(tokens), reader.server(tokens)
        if client is None or server is None or not self._inventory.joins.answers.wants(client, server):
            return False
        self._count(row, self._log.record(row))
        return True

    def _use(self, row: Row, session: Session | None, *, named: bool) -> bool:
        """A use in a connection that other records may tell of, or an answer that may name some."""
        reader, tokens = row.reader, row.tokens
        joins = session is not None and reader.kind(tokens) in KINDS
        if self._log.known is None and reader.description.told is None and not joins:
            return False
        self._log.tally.named += named
        self._count(row, self._log.record(row))
        return True

    def _count(self, row: Row, record: Record) -> None:
        matches, tally = sightings.matches_of(record, self._names), self._log.tally
        counts = record.counted and sightings.in_window(record, self._since, self._until)
        self.sums.take(record, matches, counts=counts)
        if matches:
            tally.uncounted += not record.counted
            tally.outside += record.counted and not counts
            if counts and sightings.is_ai(matches):
                tally.ai += 1
                self._log.look_at_time(row, record)


def named_elsewhere(
    gaps: Sequence[Gap], sources: Sequence[SourceSummary], settings: Settings
) -> tuple[list[Gap], list[Note]]:
    """``gaps`` without those of files that name no host where another file of the same product does, and tells of the same connections
    by their ids (Zeek's conn.log beside its ssl.log); and a note for each of these."""
    if not any(gap.reason.startswith(NAMELESS) for gap in gaps):
        return list(gaps), []
    from shadowai.sources.logs import formats_with

    formats = formats_with(settings.formats_dir)
    told = {one.path: formats[one.format] for one in sources if one.format in formats}
    naming = {told[one.path].product for one in sources if one.named and one.path in told and told[one.path].session}
    kept, notes = [], []
    for gap in gaps:
        described = told.get(gap.origin.path)
        joined = (
            described is not None and described.session and not described.whole.nameless and described.product in naming
        )
        if joined and gap.origin.position is None and gap.reason.startswith(NAMELESS):
            text = "its records name no host; other files of the same product name their connections"
            notes.append(Note(gap.origin, "joined", text, gap.count))
        else:
            kept.append(gap)
    return kept, notes


def capture(content: Content, settings: Settings, secret: bytes, on_block: OnBlock | None) -> Input:
    """The capture in ``content``; ``secret`` keys the hashes of API keys in clear text."""
    from shadowai.sources.capture.capture_file import CaptureFile

    file = CaptureFile(content.path, content.stream, limits=settings.capture, secret=secret, on_block=on_block)
    return _Capture(file, leases(settings))


class _Log:
    def __init__(self, file: LogFile, alone: bool) -> None:
        self._file, self._alone = file, alone
        self.gaps, self.notes, self.summary = file.gaps, file.notes, file.summary

    def records(self) -> Iterator[Record | Gap | Note]:
        file = self._file
        fresh: list[tuple[int, str]] = []
        file.tally.fresh = fresh
        for row in file.rows():
            yield from _drained(fresh, file.path)
            record = file.record(row)
            file.tally.named += record.host is not None
            if record.counted:
                file.look_at_time(row, record)
            yield record
        yield from _drained(fresh, file.path)
        yield from (gap for gap in file.gaps() if not gap.examples)
        yield from file.notes()

    def fold_into(self, inventory: Inventory, names: Names, since: int | None, until: int | None) -> None:
        scan_log(self._file, names, inventory, since=since, until=until, alone=self._alone)


class _Capture:
    def __init__(self, file: CaptureFile, known: Leases | None) -> None:
        self._file, self._known = file, known
        self.gaps, self.notes, self.summary = file.gaps, file.notes, file.summary

    def records(self) -> Iterator[Record | Gap | Note]:
        records = self._file.records()
        yield from records if self._known is None else map(self._known, records)
        yield from self._file.gaps()
        yield from self._file.notes()

    def fold_into(self, inventory: Inventory, names: Names, since: int | None, until: int | None) -> None:
        from shadowai.sources.capture.garbage import rare_garbage

        with rare_garbage():
            scan_capture(self._file, names, inventory, since=since, until=until, known=self._known)


class Wanted:
    """Tells whether a host may be one of an AI service. One that is none of the ``known`` names, and in none of them, is not."""

    __slots__ = ("_decide", "known")

    def __init__(self, names: Names) -> None:
        self._decide, self.known = names.decide, names.known

    def __call__(self, host: str | None, url: str | None) -> bool:
        found = self._decide(host) if host is not None else None
        return isinstance(found, Found) and not (found.matches and shows_in_captures(found.matches[0]))


def scan_capture(
    file: CaptureFile,
    names: Names,
    inventory: Inventory,
    *,
    since: int | None = None,
    until: int | None = None,
    known: Leases | None = None,
) -> None:
    """Fold one capture into ``inventory``: names that are no AI service's are dropped where they are met. ``known`` says what devices had
    which addresses."""

    if known is not None:
        inventory.joins.say(known.notes)
    sums = sightings.Fold(inventory, names)
    tally = file.tally
    for record in file.records(Wanted(names), compiled=True):
        matches = sightings.matches_of(record, names)
        if not record.counted:
            tally.uncounted += 1
        elif not sightings.in_window(record, since, until):
            tally.outside += 1
        elif matches:
            tally.ai += sightings.is_ai(matches)
            sums.add(record if known is None else known(record), matches)
    sums.flush()


def _drained(fresh: list[tuple[int, str]], path: str) -> Iterator[Gap]:
    for line, reason in fresh:
        yield Gap(Origin(path, line), reason)
    fresh.clear()
