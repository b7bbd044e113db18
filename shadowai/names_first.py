"""Names first: one log file folded into an inventory, of each AI record only what was not met before.

The fast half of the law ``scan(x) == fold(match(read(x)))``. Records of one actor, host and manner are counted in one cell: which
it is, the raw texts tell that decide it; where they are met for the first time, the reference reads them. After that a record
costs a look-up, its time and its sizes.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, NamedTuple

from shadowai import fast, places, sightings
from shadowai.candidates import GRAMS, SHAPES
from shadowai.fold_answers import (
    AI,
    BY_SHAPE,
    BY_URL,
    NAMELESS,
    PASSED_BY,
    REFUSED,
    SET_ASIDE,
    SHOWN_NAME,
    FoldAnswers,
    How,
    Manner,
)
from shadowai.inventory import Inventory
from shadowai.model import Actor, Match
from shadowai.names import NO_HOST, NOT_AI, Decision, Found, Names
from shadowai.places import Places
from shadowai.sources.logs.bulk import BY_ADDRESS, COUNTED, SHOWN, SIZED, STOPPED, LineFold, Tallies
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.logs.pairs import CefTokenizer
from shadowai.sources.logs.quick import ACTOR, MANNER, Dimensions, Keys, dimensions, keys_of, url_texts
from shadowai.sources.logs.reader import Amounts, FormatReader
from shadowai.sources.logs.runs import Row, Run
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.tokens import Tokens
from shadowai.sources.syslog import NO_HEADER

_REMEMBERED = 1 << 16
_MOST_LAYOUTS = 256
"""Sets of columns of which it is remembered what decides under them."""
_GARBAGE = 200_000
"""Objects made and kept between two looks for garbage."""


def scan_file(
    log: LogFile, names: Names, inventory: Inventory, *, since: int | None = None, until: int | None = None
) -> None:
    """Fold one log file into ``inventory``, names first."""
    work = NamesFirst(log, names, inventory, since, until)
    if fast.lines_module() is not None:
        work.fold = LineFold(FoldAnswers(work), names.known, since, until, GRAMS, SHAPES, names.ranges, names.sixes)
    try:
        with _rare_garbage():
            for item in log.runs(names.is_refused, work.fold):
                if isinstance(item, Run):
                    work.take_run(item)
                else:
                    work.take(item)
            if work.fold is not None:
                work.fold.drain()
            work.sums.flush_in_order()
    finally:
        work.fold = None  # else the two hold each other, with all their tables, until somebody looks for garbage


@contextmanager
def _rare_garbage() -> Iterator[None]:
    """Look for circular garbage seldom: a scan makes none, and looking for it costs a sixth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(_GARBAGE, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


_Why = tuple[Hashable, tuple[Match, ...]]
"""What makes a record AI: the host, or its part, for a key; and the signatures that explain it."""


class _Cell(NamedTuple):
    """Where the records of one actor, name and manner are counted; ``total`` is ``None`` for records that are no activity."""

    total: sightings.Sum | None
    blocked: bool
    facts: frozenset[str]
    matches: tuple[Match, ...]
    ai: bool


_NO_CELL = _Cell(None, False, frozenset(), (), False)


class _Texts(NamedTuple):
    """What decides about the records of one format under one set of columns."""

    place: int
    actor: Dimensions
    manner: Dimensions
    record: Dimensions
    records: Keys
    url: Dimensions


class NamesFirst:
    """Decides about each record by its name; of an AI record it reads only what it has not met before."""

    def __init__(self, log: LogFile, names: Names, inventory: Inventory, since: int | None, until: int | None) -> None:
        self.sums = sightings.Fold(inventory, names)
        self._log = log
        self._names = names
        self._since, self._until = since, until
        self.fold: LineFold | None = None
        """Counts most records of most formats by itself; it asks here about what it has not met before."""
        self._hows: dict[tuple[Any, ...], How] = {}
        self._manners: dict[tuple[Any, ...], Manner] = {}
        self._actors: dict[tuple[Any, ...], Actor] = {}
        self._cells: dict[Hashable, _Cell] = {}
        self._urls: dict[tuple[Any, ...], _Why | None] = {}
        self._known: dict[tuple[FormatReader, int], _Texts] = {}
        self._layouts = 0

    def take(self, row: Row) -> None:
        """Look at one record."""
        found = self._decide(row)
        if found is None:
            return
        self._make_room()
        if row.header is not NO_HEADER:
            self._read(row, found[1])
            return
        texts = self._texts(row.reader)
        cell = self._cell((texts.place, found[0], texts.record(row.tokens)), row, *found)
        if cell.total is None:
            self._log.tally.uncounted += 1
        else:
            self._count(cell, row, row.reader.amounts(row.tokens))

    def take_run(self, run: Run) -> None:
        """Look at many records. What takes their order into account, their places and their sums, is done in their order."""
        rows = run.tokens if run.tokens is not None else run.reader.rows(run.lines)
        if rows is None:
            for place in range(len(run.lines)):
                self.take(run.row(place))
            return
        self._make_room()
        cells = self._cells_of(run._replace(tokens=rows), rows)
        tally, path, numbers = self._log.tally, self._log.path, run.numbers
        counted = [place for place, cell in enumerate(cells) if cell is not None and cell.total is not None]
        tally.uncounted += len(cells) - cells.count(None) - len(counted)
        windowed = self._since is not None or self._until is not None
        amounts = run.reader.amounts_of([rows[place] for place in counted])
        for place, (time, bytes_up, bytes_down) in zip(counted, amounts, strict=True):
            total, blocked, facts, _, ai = cell = cells[place] or _NO_CELL
            if total is None or time is None or windowed:
                self._count(cell, run.row(place), (time, bytes_up, bytes_down))
                continue
            tally.ai += ai
            if facts:
                total.facts |= facts
            total.add(path, numbers[place], time, blocked, bytes_up, bytes_down)

    def row(self, number: int, line: str) -> Row | None:
        """A line of the file's format as a record; ``None`` where it is none."""
        reader = self._log.primary
        tokens = reader.tokens(line)
        return Row(number, reader, tokens, NO_HEADER, line) if isinstance(tokens, (list, dict)) else None

    def name_of(self, row: Row) -> tuple[int, tuple[Match, ...]]:
        """What the name of a record is, for all records with the same name; and of what services, where the name alone tells it."""
        decision = self._names.first(row.reader.candidates(row.tokens))
        if decision is NOT_AI:
            return REFUSED, ()
        if decision is NO_HOST:
            return NAMELESS, ()
        if self._log.sets_aside(row.reader):
            return SHOWN_NAME, ()
        if decision.matches and not sightings.is_ai(decision.matches):
            return BY_SHAPE, ()
        return (BY_URL, ()) if decision.needs_url else (AI, decision.matches)

    def nameless(self) -> int:
        """What is done with records that name no host, and whose server's address is of no service."""
        return SET_ASIDE if self._log.sets_aside(self._log.primary) else PASSED_BY

    def heard(self) -> Collection[str] | None:
        """The addresses by which an answer may name a connection; ``None`` while all connections without a name are remembered."""
        answers = self._log.answers
        return () if answers is None else answers.heard

    def aside_of(self, row: Row) -> int:
        """What records without a name of the same manner say to others, by the bits of the compiled fold."""
        reader, description = row.reader, row.reader.description
        if reader.kind(row.tokens) != "connection":
            return 0
        found = STOPPED if reader.is_blocked(row.tokens) else 0
        if reader.counts(row.tokens):
            found |= COUNTED | SIZED if reader.has_ids else COUNTED
        if not reader.has_ids or not reader.is_named(row.tokens):
            # whose device it was may be known beside the log, by the time of the record
            found |= BY_ADDRESS if description.told is None and self._log.known is None else SHOWN
        return found

    def url_of(self, row: Row) -> tuple[int, tuple[Match, ...]]:
        """What a record is of whose URL decides, for all records with the same name and URL."""
        why = self._why(row)
        return (REFUSED, ()) if why is None else (AI, why[1])

    def way_of(self, row: Row) -> Manner | None:
        """How a record with the name of an AI service is counted; ``None`` for one whose URL is of none."""
        why = self._why(row)
        return None if why is None else self._manner(row, *why)

    def _why(self, row: Row) -> _Why | None:
        """What makes a record AI whose name says that it may be."""
        decision = self._names.first(row.reader.candidates(row.tokens))
        if not isinstance(decision, Found):
            return None
        if not decision.needs_url:
            return decision.host, decision.matches
        return self._by_url(decision, row.reader, row.tokens)

    def actor_of(self, line: str) -> Actor:
        """Who a line is about that is known to be a record of the file's format."""
        reader = self._log.primary
        tokens = reader.tokens_of_record(line)
        assert isinstance(tokens, (list, dict))  # it was cut into columns
        return reader.actor(tokens)

    def begins_header(self, cell: str) -> bool:
        """Whether a row that begins with ``cell`` may be a header."""
        table = self._log.primary.tokenizer
        return isinstance(table, CsvTokenizer) and (
            table.may_begin_header(cell.strip('"')) or cell.strip('"') == (table.header or [""])[0]
        )

    def is_foreign(self, device: str) -> bool:
        """Whether CEF of a device (``vendor|product``) is of another format."""
        table = self._log.primary.tokenizer
        return not isinstance(table, CefTokenizer) or not table.is_of(device)

    def manner_of(self, how: How, matches: tuple[Match, ...]) -> Manner:
        """How records are counted that ``matches`` explain."""
        way = self.sums.number(sightings.Way(matches, how.channel, how.source))
        return Manner(way, how.counted, how.blocked, how.facts, sightings.is_ai(matches))

    def add_up(self, actor: Actor, manner: Manner, found: sightings.Sum) -> None:
        """Take over what the compiled fold has added up of one actor's records of one manner."""
        self.sums.put(actor, manner.way, found)
        if manner.ai:
            self._log.tally.ai += found.events + found.blocked

    def places(self, lines: Iterable[int]) -> Places:
        """Where lines of the file are."""
        return places.of_lines(self._log.path, lines)

    def add_tallies(self, tallies: Tallies, ai: int, assumed: Mapping[str, int]) -> None:
        """Take over how many records the compiled fold has met, beside the ``ai`` counted ones."""
        tally = self._log.tally
        named = tallies.refused + tallies.uncounted + tallies.outside + ai
        tally.records += named + tallies.nameless
        tally.named += named
        tally.uncounted += tallies.uncounted
        tally.outside += tallies.outside
        if self._log.answers is not None:
            self._log.answers.pass_by(tallies.connections)
        self._log.primary.clock.assumed.update(assumed)
        if self.sums.is_full:
            self._hand_over()

    def _cells_of(self, run: Run, rows: Sequence[Tokens]) -> list[_Cell | None]:
        """The cell of each record of a run; ``None`` for those that are not AI after all."""
        sure = {name: found for name in set(run.names) if isinstance(found := self._names.decide(name), Found)}
        hosts = {name: found.host for name, found in sure.items() if not found.needs_url}
        texts, known = self._texts(run.reader), self._cells
        keys = list(zip(repeat(texts.place), map(hosts.get, run.names), texts.records(rows), strict=False))
        cells = list(map(known.get, keys))
        for place in [place for place, cell in enumerate(cells) if cell is None]:
            one = sure.get(run.names[place])
            if one is None:
                why = self._decide(run.row(place))
            else:
                why = self._by_url(one, run.reader, rows[place]) if one.needs_url else (one.host, one.matches)
            if why is not None:
                key = texts.place, why[0], keys[place][2]
                cells[place] = known.get(key) or self._cell(key, run.row(place), *why)
        self._log.tally.named += sum(map(sure.__contains__, run.names))
        return cells

    def _by_url(self, found: Found, reader: FormatReader, tokens: Tokens) -> _Why | None:
        """What makes a record of a host AI whose URLs may; decided once for each URL as written, while it is remembered."""
        texts = self._texts(reader)
        key = (texts.place, found.host, texts.url(tokens))
        if key not in self._urls:
            if len(self._urls) >= _REMEMBERED:
                self._urls.clear()
            matches = self._names.matches(found, reader.url(tokens, found.host))
            name = (found.host, *[(match.pattern, match.account) for match in matches])
            self._urls[key] = (name, matches) if matches else None
        return self._urls[key]

    def _decide(self, row: Row) -> _Why | None:
        """What makes a record AI, if anything does."""
        names = self._names
        decision: Decision = NO_HOST if row.name is None else names.decide(row.name)
        if decision is NO_HOST:
            decision = names.first(row.reader.candidates(row.tokens))
        if decision is NO_HOST:
            address = row.reader.server(row.tokens)
            decision = names.decide(address) if address is not None else NO_HOST
        else:
            self._log.tally.named += 1
        if not isinstance(decision, Found):
            return None
        if decision.needs_url:
            return self._by_url(decision, row.reader, row.tokens)
        return decision.host, decision.matches

    def _cell(self, key: Hashable, row: Row, name: Hashable, matches: tuple[Match, ...]) -> _Cell:
        """The cell for a record that ``matches`` explain; where no record of its manner was met, this one is read."""
        cell = self._cells.get(key)
        if cell is None:
            manner = self._manner(row, name, matches)
            total = self.sums.sum_for(self._actor(row), manner.way) if manner.counted else None
            if len(self._cells) >= _REMEMBERED:
                self._cells.clear()
            cell = self._cells[key] = _Cell(total, manner.blocked, manner.facts, matches, manner.ai)
        return cell

    def _manner(self, row: Row, name: Hashable, matches: tuple[Match, ...]) -> Manner:
        texts = self._texts(row.reader)
        key = (texts.place, name, texts.manner(row.tokens))
        found = self._manners.get(key)
        if found is None:
            if len(self._manners) >= _REMEMBERED:
                self._manners.clear()
            found = self._manners[key] = self.manner_of(self.how(row), matches)
        return found

    def how(self, row: Row) -> How:
        """The manner of a record."""
        texts = self._texts(row.reader)
        key = (texts.place, texts.manner(row.tokens))
        found = self._hows.get(key)
        if found is None:
            if len(self._hows) >= _REMEMBERED:
                self._hows.clear()
            record = row.reader.record(self._log.path, row.line, row.tokens, timed=False)
            channel, facts = sightings.channel_of(record), self.sums.facts(record)
            found = self._hows[key] = How(channel, record.format, record.counted, bool(record.blocked), facts)
        return found

    def _actor(self, row: Row) -> Actor:
        texts = self._texts(row.reader)
        key = (texts.place, texts.actor(row.tokens))
        found = self._actors.get(key)
        if found is None:
            if len(self._actors) >= _REMEMBERED:
                self._actors.clear()
            found = self._actors[key] = row.reader.actor(row.tokens)
        return found

    def _texts(self, reader: FormatReader) -> _Texts:
        """What decides under the columns in force."""
        version = reader.tokenizer.version
        known = self._known.get((reader, version))
        if known is None:
            if len(self._known) >= _MOST_LAYOUTS:
                self._known.clear()
            self._layouts += 1
            known = self._known[reader, version] = _Texts(
                self._layouts,
                dimensions(reader, ACTOR),
                dimensions(reader, MANNER, conditions=True),
                dimensions(reader, (*ACTOR, *MANNER), conditions=True),
                keys_of(reader, (*ACTOR, *MANNER)),
                url_texts(reader),
            )
        return known

    def _make_room(self) -> None:
        """Between records, never while cells are at hand: sums that were handed over must not be added to."""
        if self.sums.is_full:
            if self.fold is not None:
                self.fold.drain()
            self._hand_over()

    def _hand_over(self) -> None:
        self.sums.flush_in_order()
        self._cells.clear()
        self._manners.clear()
        self._urls.clear()

    def _count(self, cell: _Cell, row: Row, amounts: Amounts) -> None:
        """Count one record in its cell; one without a time of its own is read in full."""
        time, bytes_up, bytes_down = amounts
        if time is None or cell.total is None:
            self._read(row, cell.matches)
        elif (self._since is not None and time < self._since) or (self._until is not None and time > self._until):
            self._log.tally.outside += 1
        else:
            self._log.tally.ai += cell.ai
            if cell.facts:
                cell.total.facts |= cell.facts
            cell.total.add(self._log.path, row.line, time, cell.blocked, bytes_up, bytes_down)

    def _read(self, row: Row, matches: tuple[Match, ...]) -> None:
        """In full, as the reference path does."""
        record = self._log.record(row)
        tally = self._log.tally
        if not record.counted:
            tally.uncounted += 1
        elif not sightings.in_window(record, self._since, self._until):
            tally.outside += 1
        else:
            if sightings.is_ai(matches):
                tally.ai += 1
                self._log.look_at_time(row, record)
            self.sums.count(record, matches)
