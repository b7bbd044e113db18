"""What one actor, or everybody, did with one service: sums that add up in input order.

There is one for every row, and rows come by the hundred thousand, with as many days as there are: what many of them say alike is held
once, and days are held as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Any, Final, NamedTuple, TypeVar

from shadowai.model import ACCOUNT, Actor, Origin, Sighting

T = TypeVar("T")

NAMES_KEPT: Final = 50
"""Distinct names (and sources) listed per row, the first in input order; what is beyond is said in a note."""
SCOPES_KEPT: Final = 200
"""Distinct permissions listed per row, the first in their own order."""
EVIDENCE_KEPT: Final = 5
"""Origins listed per row, the first in input order."""
_NUMBERED: Final = {int}
_DAY: Final = Struct("<qq")
_MOST_SENT: Final = (1 << 63) - 1

Days = tuple[tuple[int, int], ...]
"""Days since the epoch (UTC) with the bytes sent up on them, in their order, each once."""


class Footing(NamedTuple):
    """On what ground something is counted; figures of different footings are never added together."""

    confidence: str
    lookup: bool


@dataclass(slots=True)
class Tally:
    """What was seen on one footing.

    ``names`` and ``sources`` hold one more than is shown, so that "there were more" is known without counting.
    """

    footing: Footing
    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    by_day: bytes = b""
    facts: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def days(self) -> Days:
        """The days of use."""
        return tuple(_DAY.iter_unpack(self.by_day))

    def merge(self, other: Tally) -> None:
        """Add what ``other``, which comes later in the input, has seen. ``other`` is left as it was."""
        self.events += other.events
        self.blocked += other.blocked
        if other.bytes_up is not None:
            self.bytes_up = other.bytes_up + (self.bytes_up or 0)
        if other.bytes_down is not None:
            self.bytes_down = other.bytes_down + (self.bytes_down or 0)
        if other.first_seen is not None and (self.first_seen is None or other.first_seen < self.first_seen):
            self.first_seen = other.first_seen
        if other.last_seen is not None and (self.last_seen is None or other.last_seen > self.last_seen):
            self.last_seen = other.last_seen
        self.by_day = _together(self.by_day, other.by_day)
        if not other.facts <= self.facts:
            self.facts = same(self.facts | other.facts)
        if not other.roles <= self.roles:
            self.roles = same(self.roles | other.roles)
        self.names = _joined(NAMES_KEPT + 1, self.names, other.names)
        self.sources = _joined(NAMES_KEPT + 1, self.sources, other.sources)
        self.origins = _earliest(self.origins, other.origins)
        if other.scopes and other.scopes != self.scopes:
            self.scopes = tuple(sorted({*self.scopes, *other.scopes})[: SCOPES_KEPT + 1])

    def copy(self) -> Tally:
        """Another with the same sums."""
        return Tally(*self._values())

    def _values(self) -> tuple[Any, ...]:
        return (
            self.footing,
            self.events,
            self.blocked,
            self.bytes_up,
            self.bytes_down,
            self.first_seen,
            self.last_seen,
            self.by_day,
            self.facts,
            self.roles,
            self.names,
            self.sources,
            self.origins,
            self.scopes,
        )

    def __reduce__(self) -> tuple[type[Tally], tuple[Any, ...]]:
        """By its values in their order: processes hand over tallies by the hundred thousand."""
        return Tally, self._values()

    def move(self, lines: int) -> None:
        """Put every numbered place so many lines further on."""
        self.origins = tuple(
            Origin(path, place + lines if isinstance(place, int) else place, unit) for path, place, unit in self.origins
        )


Cells = tuple[Tally, ...]
"""What one actor did, each footing once, in the order in which they were met."""
Actors = dict[Actor | None, Cells]
"""Who did what; ``None`` stands for everybody together."""


def on(cells: Cells, footing: Footing) -> Tally | None:
    """The tally on a footing; ``None`` where there is none."""
    for tally in cells:
        if tally.footing == footing:
            return tally
    return None


def count(actors: Actors, who: Actor | None, tally: Tally) -> bool:
    """Add to what ``who`` did, and say whether that is the first on its footing; ``tally`` is left as it was."""
    cells = actors.get(who, ())
    known = on(cells, tally.footing)
    if known is None:
        actors[who] = (*cells, tally.copy())
    else:
        known.merge(tally)
    return known is None


def of_sighting(sighting: Sighting, footing: Footing, roles: frozenset[str]) -> Tally:
    """One sighting as a tally; what was blocked altogether shows no use."""
    tally = Tally(
        footing,
        blocked=sighting.blocked,
        first_seen=sighting.first_seen,
        last_seen=sighting.last_seen,
        names=same((sighting.name.value,)),
        sources=same((sighting.source,)) if sighting.source else (),
        origins=_earliest((), sighting.origins),
    )
    if sighting.events > 0:
        tally.events = sighting.events
        tally.bytes_up, tally.bytes_down = sighting.bytes_up, sighting.bytes_down
        tally.by_day = packed(sighting.days)
        accounts = frozenset(role for role in roles if role.startswith(ACCOUNT))
        tally.facts, tally.roles = same(sighting.facts | accounts), same(roles - accounts)
        tally.scopes = tuple(sorted(set(sighting.scopes))[: SCOPES_KEPT + 1]) if sighting.scopes else ()
    return tally


def first(limit: int, *lists: Iterable[T]) -> tuple[T, ...]:
    """The first ``limit`` distinct values, in order."""
    seen: dict[T, None] = {}
    for values in lists:
        for value in values:
            if len(seen) >= limit:
                return tuple(seen)
            seen[value] = None
    return tuple(seen)


@lru_cache(1 << 12)
def same(value: T) -> T:
    """Of equal values the one that was met first."""
    return value


def packed(days: Iterable[tuple[int, int]]) -> bytes:
    """Days in any order, as a tally holds them: 16 bytes each."""
    days = tuple(days)
    if len(days) == 1:
        return _DAY.pack(days[0][0], min(days[0][1], _MOST_SENT))
    sums: dict[int, int] = {}
    for day, sent in days:
        sums[day] = sums.get(day, 0) + sent
    return b"".join(_DAY.pack(day, min(sent, _MOST_SENT)) for day, sent in sorted(sums.items()))


def _together(mine: bytes, theirs: bytes) -> bytes:
    """The sums by day; what goes on where the other ended is put behind it."""
    if not mine or not theirs:
        return mine or theirs
    (last, sent), (begin, more) = _DAY.unpack_from(mine, len(mine) - _DAY.size), _DAY.unpack_from(theirs)
    if last < begin:
        return mine + theirs
    if last == begin:
        return mine[: -_DAY.size] + _DAY.pack(last, min(sent + more, _MOST_SENT)) + theirs[_DAY.size :]
    return packed((*_DAY.iter_unpack(mine), *_DAY.iter_unpack(theirs)))


def _joined(limit: int, mine: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    """:func:`first` of two lists, the usual case first: nothing new."""
    if mine == theirs or len(mine) >= limit:
        return mine
    if not mine:
        return theirs[:limit]
    if len(theirs) == 1 and theirs[0] in mine:
        return mine
    return first(limit, mine, theirs)


def _earliest(mine: tuple[Origin, ...], theirs: tuple[Origin, ...]) -> tuple[Origin, ...]:
    """The first places in input order: by file as they come, within a file by position; however the input was cut."""
    if mine is theirs or not theirs or (len(mine) == EVIDENCE_KEPT and _after(mine, theirs)):
        return mine
    if not mine and _in_order(theirs):
        return theirs[:EVIDENCE_KEPT]
    paths = {origin.path: place for place, origin in reversed(list(enumerate((*mine, *theirs))))}
    every = dict.fromkeys((*mine, *theirs))
    if _places(tuple(every)):
        return tuple(sorted(every, key=lambda origin: (paths[origin.path], origin.position)))[:EVIDENCE_KEPT]
    return tuple(every)[:EVIDENCE_KEPT]


def _places(origins: tuple[Origin, ...]) -> bool:
    """Whether all are numbered places, which have an order."""
    return {type(position) for _, position, _ in origins} <= _NUMBERED


def _in_order(origins: tuple[Origin, ...]) -> bool:
    """Whether these are numbered places of one file, each behind the one before."""
    (path, last, _), *others = origins
    for one, at, _ in others:
        if one != path or type(at) is not int or type(last) is not int or at <= last:
            return False
        last = at
    return True


def _after(mine: tuple[Origin, ...], theirs: tuple[Origin, ...]) -> bool:
    """Whether all of ``theirs`` come after the last of ``mine``, in the same file or in another that came later."""
    path, last, _ = mine[-1]
    if type(last) is not int:
        return False
    others: list[str] = []
    for one, at, _ in theirs:
        if type(at) is not int or (one == path and at <= last):
            return False
        if one != path:
            others = others or [origin.path for origin in mine]
            if one in others:
                return False
    return True
