"""Expressions that read a table's values in the warehouse as the readers of logs read them here.

Each is either sure to mean the same, or leaves the value as it stands for the reader to decide: a name is made alike only where it is
plain ASCII of a known shape, for databases fold other letters each in their own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Column, IntegerValue, StringValue

_LABELS = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"
_HOST = rf"^({_LABELS})\.?(?::[0-9]{{1,5}})?$"
_SURE = r"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
_MOST = 253
_URL = rf"^([A-Za-z][A-Za-z0-9+.-]{{0,14}}://{_LABELS})(?::[0-9]{{1,5}})?(?:[/?#][ -~]*)?$"
_AUTHORITY = r"^[A-Za-z][A-Za-z0-9+.-]{0,14}://"
_BARE = rf"^({_LABELS})(?::[0-9]{{1,5}})?/[ -~]*$"
_NUMBER = r"^[ \t]*([0-9]{1,18})(?:\.0+)?[ \t]*$"
_EPOCH = r"^[0-9]{9,18}$"
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?$"
_ISO_ZONE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})? ?(Z|[+-][0-9]{2}:[0-9]{2})$"
_SECOND = 1_000_000
_FIRST, _LAST = 631_152_000 * _SECOND, 4_102_444_800 * _SECOND
"""The years 1990 to 2100: what is outside is no time of a log."""
_EPOCH_START = datetime(1970, 1, 1)


class Alike(NamedTuple):
    """A text made alike, and where it is sure to hold a host's name."""

    text: StringValue
    sure: BooleanValue


def text(column: Column) -> StringValue:
    """A value as an export would have it; nothing where there is none."""
    found: StringValue = (column if column.type().is_string() else column.cast("string")).fill_null("")
    return found


def plain_host(value: StringValue) -> Alike:
    """A host in lower case, without trailing dot and port."""
    name = value.re_extract(_HOST, 1).lower()
    plain = value.re_search(_HOST)
    return Alike(plain.ifelse(name, value), plain & name.re_search(_SURE) & (name.length() <= _MOST))


def place_of(value: StringValue) -> Alike:
    """Of a URL the scheme and the host; of ``host/path`` the host; of a path nothing but that it is one."""
    import ibis

    full, bare = value.re_search(_URL), value.re_search(_BARE)
    name = value.re_extract(_URL, 1).lower()
    host = name.re_replace(_AUTHORITY, "")
    alike = ibis.cases(
        (full, name), (bare, value.re_extract(_BARE, 1).lower() + "/"), (value.startswith("/"), "/"), else_=value
    )
    return Alike(alike, full & host.re_search(_SURE) & (host.length() <= _MOST))


def path_of(value: StringValue, paths: Iterable[str]) -> StringValue:
    """A URL, ``host/path`` or path without its query, and of its path no more than the longest of ``paths`` that leads it: signatures
    look at nothing behind that. Where it is not plain, all of the path stays."""
    whole = value.re_extract(r"^([^?#]*)", 1)
    longest = sorted({path.lower() for path in paths if path.isascii()}, key=lambda path: (-len(path), path))
    ways = "".join(re.escape(path) + ("" if path.endswith("/") else "(?:/|$)") + "|" for path in longest)
    leads = rf"^((?:[a-z][a-z0-9+.-]*:/{{2,}})?[^/]*(?:{ways}/)?)"
    return whole.re_search(r"^[!-$&-~]*$").ifelse(whole.lower().re_extract(leads, 1), whole)


def bytes_of(column: Column) -> IntegerValue | None:
    """A size, where the value is a whole number that is not negative; ``None`` for columns that cannot hold one."""
    import ibis

    kind: Any = column.type()
    if kind.is_string():
        return column.re_search(_NUMBER).ifelse(column.re_extract(_NUMBER, 1).try_cast("int64"), ibis.null("int64"))
    if kind.is_integer():
        number: Any = column
        return ((number >= 0) & (number < 10**18)).ifelse(number.cast("int64"), ibis.null("int64"))
    if kind.is_floating() or kind.is_decimal():
        number = column
        fits = (number >= 0) & (number < 10**15)
        return (fits & (number == number.floor())).ifelse(fits.ifelse(number, 0).cast("int64"), ibis.null("int64"))
    return None


class Moment(NamedTuple):
    """When: microseconds since the epoch, ``None`` where that is not known; whether a zone had to be assumed; whether there is a
    value that could not be read. ``native`` is the one column that holds it, where the warehouse keeps times as such."""

    micros: IntegerValue
    zoneless: BooleanValue
    unread: BooleanValue
    native: Any = None

    def around(self, since: int | None, until: int | None) -> Iterator[BooleanValue]:
        """Conditions on the column itself that hold for every row between two times, whatever its zone: with them a warehouse leaves
        out whole partitions."""
        import ibis

        if self.native is None:
            return
        slack = timedelta(days=2)
        aware = self.native.type().timezone is not None
        for bound, sign in ((since, -1), (until, 1)):
            if bound is not None:
                at = _EPOCH_START + timedelta(microseconds=bound) + sign * slack
                limit = ibis.timestamp(at.replace(tzinfo=UTC) if aware else at)
                yield self.native.isnull() | (self.native >= limit if sign < 0 else self.native <= limit)


def moment(several: Sequence[Sequence[Column]], zone: tzinfo | None) -> Moment:
    """When, by the first of ``several`` (columns, or dates with their times of day) that can be read; times without a zone are of
    ``zone``, or UTC."""
    import ibis

    read = [_read(columns) for columns in several]
    local = ibis.coalesce(*(one.local for one in read))
    shift = _shift(local, zone)
    micros, zoneless, unread = [], [], ibis.literal(False)
    for one in read:
        known = ibis.coalesce(one.exact, one.local - shift) if one.has_local else one.exact
        known = known.between(_FIRST, _LAST - 1).ifelse(known, ibis.null("int64"))
        micros.append(known)
        zoneless.append((known.notnull(), one.exact.isnull()))
        unread = unread | one.there
    when = ibis.coalesce(*micros)
    native = several[0][0] if len(several) == 1 and several[0][0].type().is_timestamp() else None
    return Moment(when, ibis.cases(*zoneless, else_=False), when.isnull() & unread, native)


class _Read(NamedTuple):
    """Microseconds of a column: exact ones, and local ones, of which the zone is not known; and where there is a value at all."""

    exact: Any
    local: Any
    there: Any
    has_local: bool


def _read(columns: Sequence[Column]) -> _Read:
    import ibis

    none = ibis.null("int64")
    if len(columns) == 2:
        day, time = (text(column) for column in columns)
        return _of_text((day != "").ifelse(day + " " + time, ""))
    column: Any = columns[0]
    kind: Any = column.type()
    there = column.notnull()
    if kind.is_timestamp():
        if kind.timezone is None:
            return _Read(none, _micros(column), there, True)
        return _Read(_micros(column.cast("timestamp")), none, there, False)
    if kind.is_date():
        return _Read(none, _micros(column.cast("timestamp")), there, True)
    if kind.is_integer():
        return _Read(_epoch(column.cast("int64")), none, there, False)
    if kind.is_floating() or kind.is_decimal():
        seconds = column.between(0, 10**10).ifelse(column, 0)
        return _Read(((seconds * _SECOND + 0.5).floor()).cast("int64"), none, there, False)
    return _of_text(text(column))


def _of_text(value: Any) -> _Read:
    import ibis

    none = ibis.null("int64")
    number = value.re_search(_EPOCH).ifelse(value, ibis.null("string")).try_cast("int64")
    zoned = value.re_search(_ISO_ZONE).ifelse(value, ibis.null("string")).try_cast("timestamp('UTC')")
    plain = value.re_search(_ISO).ifelse(value, ibis.null("string")).try_cast("timestamp")
    exact = ibis.coalesce(_epoch(number), _micros(zoned.cast("timestamp")), none)
    return _Read(exact, _micros(plain), ~value.strip().lower().isin(("", "-", "null", "none", "n/a")), True)


def _micros(stamp: Any) -> Any:
    """Of a time without zone, as if it were UTC; in whole milliseconds on Spark, of which Ibis asks no more. In whole seconds first:
    some databases round them."""
    coarse = stamp.get_backend().name == "pyspark"
    fraction = stamp.millisecond().cast("int64") * 1000 if coarse else stamp.microsecond().cast("int64")
    return stamp.truncate("s").epoch_seconds().cast("int64") * _SECOND + fraction


def _epoch(number: Any) -> Any:
    """Seconds, milli-, micro- or nanoseconds, by their size."""
    import ibis

    return ibis.cases(
        (number < 10**10, number * _SECOND),
        (number < 10**13, number * 1000),
        (number < 10**16, number),
        else_=(number // 1000).cast("int64"),
    )


def _shift(local: Any, zone: tzinfo | None) -> Any:
    """Microseconds east of UTC of times of ``zone``."""
    import ibis

    first, *changes = offsets(zone)
    if not changes:
        return ibis.literal(first.shift, "int64")
    ends = [change.begins for change in changes]
    shifts = [first.shift, *(change.shift for change in changes)]
    return ibis.cases(*((local < end, shift) for end, shift in zip(ends, shifts, strict=False)), else_=shifts[-1])


class Offset(NamedTuple):
    """What is to be taken off local times from ``begins`` on; both in microseconds."""

    begins: int
    shift: int


def offsets(zone: tzinfo | None, years: tuple[int, int] = (2000, 2050)) -> list[Offset]:
    """The offsets of a zone's local times, and from when each is in force."""
    if zone is None:
        return [Offset(_FIRST, 0)]
    start, end = datetime(years[0], 1, 1), datetime(years[1], 1, 1)
    found = [Offset(_FIRST, _offset(zone, start))]
    day = start
    while day < end:
        following = day + timedelta(days=1)
        after = _offset(zone, following)
        if after != found[-1].shift:
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (low, middle) if _offset(zone, middle) == after else (middle, high)
            found.append(Offset((high - _EPOCH_START) // timedelta(microseconds=1), after))
        day = following
    return found


def _offset(zone: tzinfo, local: datetime) -> int:
    east = local.replace(tzinfo=zone).utcoffset() or timedelta()
    return east // timedelta(microseconds=1)
