"""Names first: one log file folded into an inventory, of each AI record only what was not met before.

The fast half of the law ``scan(x) == fold(match(read(x)))``. Records of one actor, host and manner are counted in one cell: which
it is, the raw texts tell that decide it; where they are met for the first time, the reference reads them. After that a record
costs a look-up, its time and its sizes.
"""

from __future__ import annotations

import gc
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, NamedTuple

from shadowai import sightings
from shadowai.inventory import Inventory
from shadowai.model import Actor, Match
from shadowai.names import NO_HOST, Found, Names
from shadowai.sources.logs.families import Tokens
from shadowai.sources.logs.logfile import LogFile, Row, Run
from shadowai.sources.logs.quick import ACTOR, MANNER, Dimensions, Keys, dimensions, keys_of, url_texts
from shadowai.sources.logs.reader import Amounts, FormatReader
from shadowai.sources.syslog import NO_HEADER

_REMEMBERED = 1 << 16
_GARBAGE = 200_000
"""Objects made and kept between two looks for garbage."""


def scan_file(
    log: LogFile, names: Names, inventory: Inventory, *, since: int | None = None, until: int | None = None
) -> None:
    """Fold one log file into ``inventory``, names first."""
    work = _NamesFirst(log, names, inventory, since, until)
    with _rare_garbage():
        for item in log.runs(names.is_refused):
            if isinstance(item, Run):
                work.take_run(item)
            else:
                work.take(item)
        work.sums.flush()


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


class _Manner(NamedTuple):
    """What records with the same host and the same manner (method, action, user agent …) share."""

    way: int
    counted: bool
    blocked: bool
    facts: frozenset[str]


class _Cell(NamedTuple):
    """Where the records of one actor, name and manner are counted; ``total`` is ``None`` for records that are no activity."""

    total: sightings.Sum | None
    blocked: bool
    facts: frozenset[str]
    matches: tuple[Match, ...]


_NO_CELL = _Cell(None, False, frozenset(), ())


class _Texts(NamedTuple):
    """What decides about the records of one format under one set of columns."""

    place: int
    actor: Dimensions
    manner: Dimensions
    record: Dimensions
    records: Keys
    url: Dimensions


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
        self._urls: dict[tuple[Any, ...], _Why | None] = {}
        self._known: dict[tuple[FormatReader, int], _Texts] = {}

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
            total, blocked, facts, _ = cell = cells[place] or _NO_CELL
            if total is None or time is None or windowed:
                self._count(cell, run.row(place), (time, bytes_up, bytes_down))
                continue
            tally.ai += 1
            if facts:
                total.facts |= facts
            total.add(path, numbers[place], time, blocked, bytes_up, bytes_down)

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
            name = (found.host, *[match.pattern for match in matches])
            self._urls[key] = (name, matches) if matches else None
        return self._urls[key]

    def _decide(self, row: Row) -> _Why | None:
        """What makes a record AI, if anything does."""
        names = self._names
        decision = NO_HOST if row.name is None else names.decide(row.name)
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
            cell = self._cells[key] = _Cell(total, manner.blocked, manner.facts, matches)
        return cell

    def _manner(self, row: Row, name: Hashable, matches: tuple[Match, ...]) -> _Manner:
        texts = self._texts(row.reader)
        key = (texts.place, name, texts.manner(row.tokens))
        found = self._manners.get(key)
        if found is None:
            if len(self._manners) >= _REMEMBERED:
                self._manners.clear()
            record = row.reader.record(self._log.path, row.line, row.tokens, timed=False)
            way, facts = self.sums.way(record, matches), self.sums.facts(record)
            found = self._manners[key] = _Manner(way, record.counted, bool(record.blocked), facts)
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
            known = self._known[reader, version] = _Texts(
                len(self._known),
                dimensions(reader, ACTOR),
                dimensions(reader, MANNER, conditions=True),
                dimensions(reader, (*ACTOR, *MANNER), conditions=True),
                keys_of(reader, (*ACTOR, *MANNER)),
                url_texts(reader),
            )
        return known

    def _make_room(self) -> None:
        """Between records, never while cells are at hand: sums that were handed over must not be added to."""
        if self.sums.make_room():
            self._cells.clear()

    def _count(self, cell: _Cell, row: Row, amounts: Amounts) -> None:
        """Count one record in its cell; one without a time of its own is read in full."""
        time, bytes_up, bytes_down = amounts
        if time is None or cell.total is None:
            self._read(row, cell.matches)
        elif (self._since is not None and time < self._since) or (self._until is not None and time > self._until):
            self._log.tally.outside += 1
        else:
            self._log.tally.ai += 1
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
            tally.ai += 1
            self.sums.count(record, matches)
