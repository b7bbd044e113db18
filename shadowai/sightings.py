"""From records to sightings: who used which name, folded as the records come.

:func:`of_record` says what one record is evidence of; :class:`Fold` adds such evidence up. A scan and the reference
path (``fold(match(read))``) share both, so that they cannot disagree about anything but which records they look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from shadowai.model import Actor, Match, Name, Origin, Record, Sighting
from shadowai.names import NO_HOST, Found, Names

DAY = 86_400_000_000
"""Microseconds."""
ORIGINS = 5
CHANNELS = {
    "http_request": "proxy",
    "dns_query": "dns",
    "connection": "firewall",
    "tls_connection": "network",
    "endpoint_event": "endpoint",
    "api_call": "api",
}
"""Kind of record to the channel of its sightings."""
_WRITES = frozenset({"POST", "PUT", "PATCH"})
_FLUSH = 1 << 16

Sink = Callable[[Sighting, tuple[Match, ...]], None]


class Key(NamedTuple):
    """What sightings are folded by."""

    actor: Actor
    matches: tuple[Match, ...]
    channel: str
    source: str


@dataclass(slots=True)
class _Sum:
    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    days: dict[int, int] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)


def matches_of(record: Record, names: Names) -> tuple[Match, ...]:
    """The signatures that explain a record, from its canonical fields; empty for none."""
    decision = names.decide(record.host) if record.host is not None else NO_HOST
    if decision is NO_HOST and record.server_ip is not None:
        decision = names.decide(record.server_ip)
    return names.matches(decision, record.url) if isinstance(decision, Found) else ()


class Fold:
    """Adds records up to sightings and hands them to ``sink``, at the end or when there are many.

    Memory grows with actors and services, never with records.
    """

    def __init__(self, sink: Sink, names: Names) -> None:
        self._sink = sink
        self._names = names
        self._sums: dict[Key, _Sum] = {}

    def add(self, record: Record, matches: tuple[Match, ...]) -> None:
        """Count one record that ``matches`` explain."""
        actor = Actor(record.user, record.device, record.client_ip)
        key = Key(actor, matches, CHANNELS.get(record.kind or "", "network"), record.format)
        found = self._sums.get(key)
        if found is None:
            if len(self._sums) >= _FLUSH:
                self.flush()
            found = self._sums[key] = _Sum()
        if len(found.origins) < ORIGINS:
            found.origins.append(Origin(record.path, record.line))
        if record.time is not None:
            found.first_seen = record.time if found.first_seen is None else min(found.first_seen, record.time)
            found.last_seen = record.time if found.last_seen is None else max(found.last_seen, record.time)
        if record.blocked:
            found.blocked += 1
            return
        self._add_use(found, record)

    def flush(self) -> None:
        """Hand over what has been added up."""
        sums, self._sums = self._sums, {}
        for key, found in sums.items():
            self._sink(_sighting(key, found), key.matches)

    def _add_use(self, found: _Sum, record: Record) -> None:
        found.events += 1
        if record.bytes_up is not None:
            found.bytes_up = (found.bytes_up or 0) + record.bytes_up
        if record.bytes_down is not None:
            found.bytes_down = (found.bytes_down or 0) + record.bytes_down
        if record.time is not None:
            day = record.time // DAY
            found.days[day] = found.days.get(day, 0) + (record.bytes_up or 0)
        if record.method in _WRITES:
            found.facts.add("post")
        if record.user_agent is not None:
            found.facts |= self._names.tool(record.user_agent)


def _sighting(key: Key, found: _Sum) -> Sighting:
    return Sighting(
        actor=key.actor,
        name=Name(key.matches[0].name.kind, key.matches[0].name.value),
        channel=key.channel,
        events=found.events,
        blocked=found.blocked,
        bytes_up=found.bytes_up,
        bytes_down=found.bytes_down,
        first_seen=found.first_seen,
        last_seen=found.last_seen,
        days=tuple(sorted(found.days.items())),
        origins=tuple(found.origins),
        source=key.source,
        facts=frozenset(found.facts),
    )


def in_window(record: Record, since: int | None, until: int | None) -> bool:
    """True for records between ``since`` and ``until`` (microseconds, both inclusive). A record without a time is in every
    window: it cannot be said to be outside."""
    if record.time is None:
        return True
    return (since is None or record.time >= since) and (until is None or record.time <= until)


