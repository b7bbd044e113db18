"""What the compiled fold of a log is told of lines that it has not met before: the reference reads each for all lines like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from shadowai import sightings
from shadowai.model import Actor, Match
from shadowai.sources import framing
from shadowai.sources.logs.bulk import SHOWN, Counted, Tallies
from shadowai.sources.logs.runs import Row

if TYPE_CHECKING:
    from shadowai.names_first import NamesFirst

_NO_FACTS: frozenset[str] = frozenset()
_NOTHING: Mapping[str, int] = {}

REFUSED, AI, BY_URL, SHOWN_NAME, BY_SHAPE, NAMELESS = range(6)
PASS, COUNT, LEAVE_OUT, SHOW = range(4)
LOOKED_AT, PASSED_BY, SET_ASIDE = range(3)
"""What a name may be, and a way of use, and what is done with a line that names no host and whose server is of no service, as
:class:`shadowai.fast.lines.Fold` numbers them."""


_MOST_FACTS = 32
"""Sets of facts that the compiled fold tells apart by their bits."""


class How(NamedTuple):
    """What records of the same manner (method, action, user agent …) share, whatever they are about."""

    channel: str
    source: str
    counted: bool
    blocked: bool
    facts: frozenset[str]


class Manner(NamedTuple):
    """What records with the same host and the same manner (method, action, user agent …) share."""

    way: int
    counted: bool
    blocked: bool
    facts: frozenset[str]
    ai: bool


class FoldAnswers:
    """Reads the lines that the compiled fold shows, each for all lines like it."""

    def __init__(self, work: NamesFirst) -> None:
        self._work = work
        self._names: dict[int, tuple[Match, ...]] = {}
        self._hows: dict[int, How] = {}
        self._manners: dict[int, Manner] = {}
        self._ways: dict[tuple[int, str, str], tuple[int, bool]] = {}
        self._places: dict[Manner, int] = {}
        self._facts: dict[frozenset[str], int] = {}
        self._actors: dict[int, Actor] = {}
        self._assumptions: list[tuple[tuple[str, int], ...]] = []

    def nameless(self) -> int:
        return self._work.nameless()

    def name(self, number: int, line: bytes, place: int) -> int:
        row = self._row(number, line)
        if row is None:
            return SHOWN_NAME
        found, self._names[place] = self._work.name_of(row)
        return found

    def url(self, number: int, line: bytes, place: int) -> int:
        row = self._row(number, line)
        if row is None:
            return SHOWN_NAME
        found, self._names[place] = self._work.url_of(row)
        return found

    def way(self, number: int, line: bytes, place: int) -> tuple[int, bool, int, int]:
        row = self._row(number, line)
        if row is None:
            return SHOW, False, place, _MOST_FACTS
        manner = self._work.way_of(row)
        if manner is None:
            return PASS, False, place, _MOST_FACTS
        if not manner.counted:
            return LEAVE_OUT, False, place, _MOST_FACTS
        return self._counted(manner, place)

    def heard(self) -> Collection[str] | None:
        return self._work.heard()

    def person(self, place: int) -> Actor:
        return self._actors[place]

    def assumption(self, number: int) -> Mapping[str, int]:
        return _NOTHING if number < 0 else dict(self._assumptions[number])

    def aside(self, number: int, line: bytes) -> int:
        row = self._row(number, line)
        return SHOWN if row is None else self._work.aside_of(row)

    def manner(self, number: int, line: bytes, place: int) -> int:
        row = self._row(number, line)
        if row is None:
            return SHOW
        how = self._hows[place] = self._work.how(row)
        return COUNT if how.counted else LEAVE_OUT

    def together(self, name: int, manner: int, place: int) -> tuple[int, bool, int, int]:
        how = self._hows[manner]
        key = name, how.channel, how.source
        found = self._ways.get(key)
        if found is None:
            one = self._work.manner_of(how, self._names[name])
            found = self._ways[key] = one.way, one.ai
        way, ai = found
        return self._counted(Manner(way, how.counted, how.blocked, how.facts, ai), place)

    def _counted(self, manner: Manner, place: int) -> tuple[int, bool, int, int]:
        """Where records of a manner are counted: with those that differ from them in what they tell of the manner of use alone."""
        bit = self._facts.get(manner.facts, _MOST_FACTS)
        if bit == _MOST_FACTS and len(self._facts) < _MOST_FACTS:
            bit = self._facts[manner.facts] = len(self._facts)
        if bit < _MOST_FACTS:
            manner = Manner(manner.way, manner.counted, manner.blocked, _NO_FACTS, manner.ai)
        place = self._places.setdefault(manner, place)
        self._manners[place] = manner
        return COUNT, manner.blocked, place, bit

    def actor(self, number: int, line: bytes, place: int) -> None:
        self._actors[place] = self._work.actor_of(framing.decode(line))

    def time(self, number: int, line: bytes, uncounted: bool) -> tuple[int | None, int, bool]:
        row = self._row(number, line)
        if row is None:
            return None, -1, False
        clock = row.reader.clock
        before, day_first = dict(clock.assumed), clock.day_first
        time = row.reader.amounts(row.tokens)[0]
        grown = tuple((kind, count - before.get(kind, 0)) for kind, count in clock.assumed.items())
        grown = tuple((kind, count) for kind, count in grown if count)
        if uncounted:
            clock.assumed.clear()
            clock.assumed.update(before)
        if not grown:
            return time, -1, clock.day_first is not day_first
        if grown not in self._assumptions:
            self._assumptions.append(grown)
        return time, self._assumptions.index(grown), clock.day_first is not day_first

    def begins_header(self, cell: bytes) -> bool:
        return self._work.begins_header(framing.decode(cell))

    def is_foreign(self, cell: bytes) -> bool:
        return self._work.is_foreign(framing.decode(cell))

    def add_up(self, sums: Iterable[Counted], assumed: Mapping[int, int], tallies: Tallies) -> None:
        ai = 0
        told: dict[tuple[frozenset[str], int], frozenset[str]] = {}
        actors, manners, work = self._actors, self._manners, self._work
        for actor, way, bits, events, bytes_up, bytes_down, first, last, lines, days in sums:
            manner = manners[way]
            ai += events
            key = manner.facts, bits
            if key not in told:
                told[key] = manner.facts.union(*[facts for facts, bit in self._facts.items() if bits >> bit & 1])
            where = work.places(lines)
            if manner.blocked:
                found = sightings.Sum(0, events, None, None, first, last, {}, where, told[key])
            else:
                sent: dict[int, int] = {}
                for day, size in days:
                    sent[day] = sent.get(day, 0) + size
                found = sightings.Sum(events, 0, bytes_up, bytes_down, first, last, sent, where, told[key])
            work.add_up(actors[actor], manner, found)
        for memory in (self._names, self._hows, self._manners, self._ways, self._places, self._facts, self._actors):
            memory.clear()
        self._work.add_tallies(tallies, ai, self._kinds(assumed))

    def _kinds(self, assumed: Mapping[int, int]) -> Counter[str]:
        total: Counter[str] = Counter()
        for number, count in assumed.items():
            for kind, times in self._assumptions[number]:
                total[kind] += times * count
        return total

    def _row(self, number: int, line: bytes) -> Row | None:
        return self._work.row(number, framing.decode(line))
