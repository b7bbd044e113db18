"""What one actor, or everybody, did with one service: sums that add up in input order.

There is one for every row, and rows come by the hundred thousand, with as many days as there are: what many of them say alike is held
once, and days are held as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from struct import Struct, pack, unpack
from struct import error as struct_error
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from shadowai import places
from shadowai.model import ACCOUNT, Actor, Origin, Sighting
from shadowai.places import Places

if TYPE_CHECKING:
    from shadowai.sightings import Sum, Way

T = TypeVar("T")

NAMES_KEPT: Final = 50
"""Distinct names (and sources) listed per row, the first in input order; what is beyond is said in a note."""
SCOPES_KEPT: Final = 200
"""Distinct permissions listed per row, the first in their own order."""
EVIDENCE_KEPT: Final = places.KEPT
"""Origins listed per row, the first in input order."""
_NONE: Final[frozenset[str]] = frozenset()
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
    places: Places = ()
    scopes: tuple[str, ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where it was seen first."""
        return places.origins(self.places)

    @property
    def days(self) -> Days:
        """The days of use."""
        return tuple(_DAY.iter_unpack(self.by_day))

    @property
    def most_sent(self) -> int:
        """The bytes sent up on the day with the most of them."""
        return max(unpack(f"<{len(self.by_day) // 8}q", self.by_day)[1::2], default=0)

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
        self.places = places.earliest(self.places, other.places)
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
            self.places,
            self.scopes,
        )

    def __reduce__(self) -> tuple[type[Tally], tuple[Any, ...]]:
        """By its values in their order: processes hand over tallies by the hundred thousand."""
        return Tally, self._values()

    def move(self, lines: int) -> None:
        """Put every numbered place so many lines further on."""
        self.places = places.moved(self.places, lines)


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
        places=places.held(sighting.origins),
    )
    if sighting.events > 0:
        tally.events = sighting.events
        tally.bytes_up, tally.bytes_down = sighting.bytes_up, sighting.bytes_down
        tally.by_day = packed(sighting.days)
        accounts = frozenset(role for role in roles if role.startswith(ACCOUNT))
        tally.facts, tally.roles = same(sighting.facts | accounts), same(roles - accounts)
        tally.scopes = tuple(sorted(set(sighting.scopes))[: SCOPES_KEPT + 1]) if sighting.scopes else ()
    return tally


def tally_of(way: Way, footing: Footing, roles: frozenset[str]) -> Callable[[Sum], Tally]:
    """What makes tallies of the sums of one way of use, as :func:`of_sighting` would of their sightings."""
    names, sources = same((way.matches[0].name.value,)), same((way.source,)) if way.source else ()
    accounts = frozenset(role for role in roles if role.startswith(ACCOUNT))
    roles = same(roles - accounts)

    def made(found: Sum) -> Tally:
        where, seen = found.places, (found.first_seen, found.last_seen)
        if found.events <= 0:
            return Tally(footing, 0, found.blocked, None, None, *seen, b"", _NONE, _NONE, names, sources, where)
        facts = same(found.facts | accounts if accounts else found.facts)
        sums = found.bytes_up, found.bytes_down, *seen, _packed(found.days)
        return Tally(footing, found.events, found.blocked, *sums, facts, roles, names, sources, where)

    return made


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
    sums: dict[int, int] = {}
    for day, sent in days:
        sums[day] = sums[day] + sent if day in sums else sent
    in_order = chain.from_iterable(sorted(sums.items()))
    try:
        return pack(f"<{2 * len(sums)}q", *in_order)
    except struct_error:
        return b"".join(_DAY.pack(day, min(sent, _MOST_SENT)) for day, sent in sorted(sums.items()))


def _packed(days: Mapping[int, int]) -> bytes:
    """:func:`packed` of days that are there once each; most uses have one."""
    if len(days) != 1:
        return packed(days.items())
    ((day, sent),) = days.items()
    return _DAY.pack(day, min(sent, _MOST_SENT))


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
