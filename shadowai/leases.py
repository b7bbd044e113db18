"""The device that had an IP address at a given time, from the leases of DHCP servers: ``10.1.2.17`` may be ``pc17`` in the morning and
another device in the afternoon.

Only the time of a lease counts, never what was before or after it. A time whose zone had to be guessed names nobody, and neither does an
address that two sources give to two devices at one time. A device is called by the name that it told the server; a name that several
network cards tell is nobody's own, and their devices are called by the address of the card. So is one without a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from shadowai.errors import UsageError
from shadowai.lease_files import Event, Read, read
from shadowai.model import Note, Origin, Record

MOST: Final = 2_000_000
"""Leases that are remembered."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,253}[a-z0-9])?")
_FOREVER: Final = 1 << 62


class Span(NamedTuple):
    """That one network card had an address from ``first`` to ``last`` (µs, inclusive), and what its device called itself."""

    first: int
    last: int
    card: str
    name: str = ""


class _Segment(NamedTuple):
    first: int
    last: int
    device: str


@dataclass(frozen=True, slots=True)
class Leases:
    """What devices had which addresses. ``notes`` say what could not be told."""

    held: Mapping[str, tuple[_Segment, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @classmethod
    def load(cls, paths: Sequence[Path], zone: tzinfo | None = None) -> Leases:
        """The leases in files of DHCP servers (:mod:`shadowai.lease_files`); ``zone`` is that of times without one. Raises
        :class:`~shadowai.errors.UsageError` for a file that is none, or that needs a zone."""
        return _loaded(tuple(paths), zone)

    def device(self, address: str, time: int) -> str | None:
        """The device that had ``address`` at ``time`` (µs); ``None`` where no lease says so, or several say different things."""
        segments = self.held.get(address, ())
        place = bisect_right(segments, time, key=lambda segment: segment.first) - 1
        return segments[place].device if place >= 0 and time <= segments[place].last else None

    def __call__(self, record: Record, /) -> Record:
        """``record`` with the device that had the client's address from when the connection began until it was written down, where it
        names none itself."""
        if record.device is not None or record.client_ip is None or record.time is None:
            return record
        if "zone" in (record.time_assumed or ""):
            return record
        found = self.device(record.client_ip, record.time)
        if found is None or (record.began is not None and self.device(record.client_ip, record.began) != found):
            return record
        return replace(record, device=found)


@lru_cache(maxsize=4)
def _loaded(paths: tuple[Path, ...], zone: tzinfo | None) -> Leases:
    several: dict[str, list[Span]] = {}
    notes: list[Note] = []
    total = 0
    for path in paths:
        found = read(path, zone)
        if found.unread:
            notes.append(_unread(path, found))
        for address, events in _by_address(found.events).items():
            spans = list(_spans(events))
            total += len(spans)
            several.setdefault(address, []).extend(spans)
        if total > MOST:
            remedy = "give those of the time that the logs are of"
            raise UsageError(f"there are more than {MOST:,} leases", origin=Origin(str(path)), remedy=remedy)
    shared = _shared(span for spans in several.values() for span in spans)
    held = {address: tuple(_segments(spans, shared)) for address, spans in several.items()}
    return Leases(held, (*notes, *_told(several, shared)))


def _by_address(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.address, []).append(event)
    for several in found.values():
        several.sort(key=lambda event: event.time)
    return found


def _spans(events: Iterable[Event]) -> Iterator[Span]:
    """What one server did with one address, in its order, as spans that do not meet: who gets it next ends what was before."""
    span: Span | None = None
    for event in events:
        until = _FOREVER if event.until is None else event.until
        if span is not None and span.card == event.card and event.time <= span.last:
            span = span._replace(last=until, name=event.name or span.name)
            continue
        if span is not None:
            yield span._replace(last=min(span.last, event.time - bool(event.card)))
        span = Span(event.time, until, event.card, event.name) if event.card else None
    if span is not None:
        yield span


def _shared(spans: Iterable[Span]) -> frozenset[str]:
    """Names that several network cards tell."""
    cards: dict[str, str] = {}
    shared = set()
    for span in spans:
        if cards.setdefault(_name(span), span.card) != span.card:
            shared.add(_name(span))
    return frozenset(shared - {""})


def _name(span: Span) -> str:
    """The name as it is compared: without regard to case and to the dot of the root."""
    return span.name.lower().rstrip(".")


def _device(span: Span, shared: frozenset[str]) -> str:
    name = _name(span)
    return name if name not in shared and _NAME.fullmatch(name) else span.card


def _segments(spans: Sequence[Span], shared: frozenset[str]) -> Iterator[_Segment]:
    """Times at which the spans of an address agree on one device, in order."""
    spans = [span for span in spans if span.first <= span.last]
    if not _meet(spans):
        for span in sorted(spans):
            yield _Segment(span.first, span.last, _device(span, shared))
        return
    edges = sorted({edge for span in spans for edge in (span.first, span.last + 1)})
    live: list[Span] = []
    coming = sorted(spans, reverse=True)
    for first, end in pairwise(edges):
        while coming and coming[-1].first <= first:
            live.append(coming.pop())
        live = [span for span in live if span.last >= first]
        if len({span.card for span in live}) == 1:
            yield _Segment(first, end - 1, _device(live[-1], shared))


def _meet(spans: Sequence[Span]) -> bool:
    ordered = sorted(spans)
    return any(one.last >= other.first for one, other in pairwise(ordered))


def _told(several: Mapping[str, Sequence[Span]], shared: frozenset[str]) -> Iterator[Note]:
    apart = sum(_disagree(spans) for spans in several.values())
    if apart:
        text = "addresses were leased to different network cards at one time, by different files: nobody is named for that time"
        yield Note(None, "leases", text, apart)
    if shared:
        text = "names are told by several network cards: their devices are called by the address of the card"
        yield Note(None, "leases", text, len(shared))


def _disagree(spans: Sequence[Span]) -> bool:
    """Whether spans of different cards meet."""
    card, until, before = "", -_FOREVER, -_FOREVER
    for span in sorted(spans):
        if span.card == card:
            until = max(until, span.last)
        else:  # whoever had it before the last card met none, and is over
            card, until, before = span.card, span.last, until
        if before >= span.first:
            return True
    return False


def _unread(path: Path, found: Read) -> Note:
    text = "lines are no lease that can be read, and are left out"
    return Note(Origin(str(path), found.first_unread), "leases", text, found.unread)
