"""When services were used, by day where the inventory knows it: what is drawn and listed, and what of it cannot be said.

The inventory keeps the days on which a service was used, and what was sent on each; how many events there were on a day it does not keep.
Longer times are told by week, month or year, so that there are never more than :data:`MOST` columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from shadowai.export.html.wording import DAY, day, short_day
from shadowai.model import FORBIDDEN, UNDECIDED, Entry

MOST: Final = 62
"""Columns of a scale of time: two months of days, more than a year of weeks."""
_EPOCH: Final = date(1970, 1, 1)
_LAST: Final = (date.max - _EPOCH).days


class Column(NamedTuple):
    """A stretch of time on the scale: its first day and the first day after it (days since the epoch), in words, and in few of them."""

    first: int
    after: int
    name: str
    short: str


class Scale(NamedTuple):
    """``unit`` is ``day``, ``week``, ``month`` or ``year``; no ``columns`` where the times lie further apart than can be true."""

    unit: str
    columns: tuple[Column, ...]

    def runs(self, days: Iterable[int]) -> tuple[tuple[int, int], ...]:
        """Columns with one of ``days`` in them, those in a row together: the first of each run, and the first after it."""
        found: list[tuple[int, int]] = []
        for at in sorted({at for one in days if (at := self.place(one)) is not None}):
            if found and found[-1][1] == at:
                found[-1] = found[-1][0], at + 1
            else:
                found.append((at, at + 1))
        return tuple(found)

    def place(self, one: int) -> int | None:
        """The column of a day (days since the epoch); ``None`` for one that is not on the scale."""
        at = bisect_right(self.columns, one, key=lambda column: column.first) - 1
        return at if at >= 0 and one < self.columns[at].after else None


class Stretch(NamedTuple):
    """What was used in one column of time: services by what has been decided about them, and what was sent (``None``: no record says)."""

    column: Column
    action: int
    open: int
    settled: int
    sent: int | None


def scale(first: int | None, last: int | None) -> Scale:
    """The scale from the day of one time to that of another (µs); the finest unit with no more than :data:`MOST` columns."""
    if first is None or last is None or not 0 <= first // DAY <= last // DAY <= _LAST:
        return Scale("day", ())
    begin, end = first // DAY, last // DAY
    for unit, start in (("day", begin), ("week", begin - (begin + 3) % 7), ("month", begin), ("year", begin)):
        columns = tuple(_columns(unit, start, end))
        if len(columns) <= MOST:
            return Scale(unit, columns)
    return Scale("year", ())


def stretches(entries: Iterable[Entry], on: Scale) -> tuple[Stretch, ...]:
    """What was in use in each column of the scale, those without any use as well."""
    held: list[list[tuple[Entry, int]]] = [[] for _ in on.columns]
    for entry in entries:
        sums: dict[int, int] = {}
        for one, sent in entry.days if entry.is_use else ():
            at = on.place(one)
            if at is not None:
                sums[at] = sums.get(at, 0) + sent
        for at, sent in sums.items():
            held[at].append((entry, sent))
    return tuple(_stretch(column, seen) for column, seen in zip(on.columns, held, strict=True))


def dateless(entries: Iterable[Entry]) -> int:
    """How many services in use tell no day: they are in no column."""
    return sum(entry.is_use and not entry.days for entry in entries)


def _stretch(column: Column, seen: Sequence[tuple[Entry, int]]) -> Stretch:
    sizes = [sent for entry, sent in seen if entry.bytes_up is not None]
    action = sum(entry.verdict in FORBIDDEN for entry, _ in seen)
    open_ = sum(entry.verdict in UNDECIDED for entry, _ in seen)
    return Stretch(column, action, open_, len(seen) - action - open_, sum(sizes) if sizes else None)


def _columns(unit: str, begin: int, end: int) -> Iterator[Column]:
    """The columns of a unit from one day to another; one more than fits is enough to know that it does not."""
    first = _floor(unit, begin)
    for _ in range(MOST + 1):
        if first > end:
            return
        after = _next(unit, first)
        yield Column(first, after, *_named(unit, first))
        first = after


def _floor(unit: str, day_: int) -> int:
    on = _EPOCH + timedelta(days=day_) if unit in ("month", "year") else None
    if on is None:
        return day_
    return (on.replace(day=1) if unit == "month" else on.replace(month=1, day=1)).toordinal() - _EPOCH.toordinal()


def _next(unit: str, first: int) -> int:
    if unit in ("day", "week"):
        return first + (1 if unit == "day" else 7)
    on = _EPOCH + timedelta(days=first)
    year, month = (on.year + 1, 1) if unit == "year" or on.month == 12 else (on.year, on.month + 1)
    return _LAST + 1 if year > date.max.year else date(year, month, 1).toordinal() - _EPOCH.toordinal()


def _named(unit: str, first: int) -> tuple[str, str]:
    long, short = day(first * DAY), short_day(first * DAY)
    if unit == "day":
        return long, short
    if unit == "week":
        return f"week from {long}", short
    _, month, year = long.split()
    return (f"{month} {year}", f"{month} {year[2:]}") if unit == "month" else (year, year)
