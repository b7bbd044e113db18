"""From records to sightings: who used which name, folded as the records come.

:func:`of_record` says what one record is evidence of; :class:`Fold` adds such evidence up. A scan and the reference
path (``fold(match(read))``) share both, so that they cannot disagree about anything but which records they look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from shadowai.model import Actor, Match, Origin, Record, Sighting, Unit
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
    "mdns_query": "dns",
    "llmnr_query": "dns",
}
"""Kind of record to the channel of its sightings."""
_WRITES = frozenset({"POST", "PUT", "PATCH"})
_FLUSH = 1 << 16
_NO_FACTS: frozenset[str] = frozenset()
_POSTED = frozenset({"post"})

Sink = Callable[[Sighting, tuple[Match, ...]], None]


class Way(NamedTuple):
    """How something was used: everything that sightings are folded by but the actor. Made once each, by :class:`Fold`."""

    matches: tuple[Match, ...]
    channel: str
    source: str


@dataclass(slots=True)
class Sum:
    """A sighting in the making."""

    events: int = 0
    blocked: int = 0
    bytes_up: int | None = None
    bytes_down: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    days: dict[int, int] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    facts: frozenset[str] = frozenset()

    def add(
        self,
        path: str,
        line: int,
        time: int | None,
        blocked: bool,
        bytes_up: int | None,
        bytes_down: int | None,
        payload_up: int | None = None,
        unit: Unit = "line",
    ) -> None:
        """Count one record; what was blocked adds no bytes and no day of use. A day's upload is ``payload_up`` where known."""
        if len(self.origins) < ORIGINS:
            self.origins.append(Origin(path, line, unit))
        if time is not None:
            if self.first_seen is None or self.last_seen is None:
                self.first_seen = self.last_seen = time
            elif time > self.last_seen:
                self.last_seen = time
            elif time < self.first_seen:
                self.first_seen = time
        if blocked:
            self.blocked += 1
            return
        self.events += 1
        if bytes_up is not None:
            self.bytes_up = (self.bytes_up or 0) + bytes_up
        if bytes_down is not None:
            self.bytes_down = (self.bytes_down or 0) + bytes_down
        if time is not None:
            day = time // DAY
            sent = bytes_up if payload_up is None else payload_up
            self.days[day] = self.days.get(day, 0) + (sent or 0)


def matches_of(record: Record, names: Names) -> tuple[Match, ...]:
    """The signatures that explain a record, from its canonical fields; empty for none."""
    decision = names.decide(record.host) if record.host is not None else NO_HOST
    # Beside a name in a capture, the address is that of its resolver or proxy as often as that of the service.
    if decision is NO_HOST and record.server_ip is not None and (record.host is None or record.unit != "frame"):
        decision = names.decide(record.server_ip)
    found = names.matches(decision, record.url) if isinstance(decision, Found) else ()
    if record.proof is not None:
        found = _with_proof(record.proof, record, found, names)
    return tuple(names.weakened(match) for match in found) if record.inferred else found


def _with_proof(proof: str, record: Record, found: tuple[Match, ...], names: Names) -> tuple[Match, ...]:
    """What ``found`` becomes where a service's own protocol was seen; a vendor's own host needs no such proof."""
    if any(match.strength == "strong" for match in found):
        return found
    if any(match.strength == "weak" for match in found):
        return names.strengthened(found)
    return (*names.proven(proof, record.host or record.server_ip or ""), *found)


class Fold:
    """Adds records up to sightings and hands them to ``sink``, at the end or when there are many.

    Memory grows with actors and services, never with records.
    """

    def __init__(self, sink: Sink, names: Names) -> None:
        self._sink = sink
        self._names = names
        self._ways: dict[Way, int] = {}
        self._known: list[Way] = []
        self._sums: dict[tuple[Actor, int], Sum] = {}

    def way(self, record: Record, matches: tuple[Match, ...]) -> int:
        """The number of the way in which ``record`` shows a use of what ``matches`` say."""
        way = Way(matches, CHANNELS.get(record.kind or "", "network"), record.format)
        number = self._ways.get(way)
        if number is None:
            number = self._ways[way] = len(self._known)
            self._known.append(way)
        return number

    def sum_for(self, actor: Actor, way: int) -> Sum:
        """The sum of one actor and one way, to be added to before room is made again."""
        found = self._sums.get((actor, way))
        if found is None:
            found = self._sums[actor, way] = Sum()
        return found

    def make_room(self) -> bool:
        """Hand over what has been added up, if that is much; true where that was done."""
        if len(self._sums) < _FLUSH:
            return False
        self.flush()
        return True

    def facts(self, record: Record) -> frozenset[str]:
        """What a record tells of the manner of use; nothing where it was blocked."""
        if record.blocked:
            return _NO_FACTS
        tool = self._names.tool(record.user_agent) if record.user_agent is not None else _NO_FACTS
        told = tool | record.facts if record.facts else tool
        return told | _POSTED if record.method in _WRITES else told

    def add(self, record: Record, matches: tuple[Match, ...]) -> None:
        """Count one record that ``matches`` explain, and make room now and then."""
        self.make_room()
        self.count(record, matches)

    def count(self, record: Record, matches: tuple[Match, ...]) -> None:
        """Count one record that ``matches`` explain."""
        found = self.sum_for(Actor(record.user, record.device, record.client_ip), self.way(record, matches))
        found.facts |= self.facts(record)
        found.add(
            record.path,
            record.line,
            record.time,
            bool(record.blocked),
            record.bytes_up,
            record.bytes_down,
            record.payload_up,
            record.unit,
        )

    def flush(self) -> None:
        """Hand over what has been added up."""
        sums, self._sums = self._sums, {}
        for (actor, number), found in sums.items():
            if found.events or found.blocked:
                way = self._known[number]
                self._sink(_sighting(actor, way, found), way.matches)


def _sighting(actor: Actor, way: Way, found: Sum) -> Sighting:
    return Sighting(
        actor=actor,
        name=way.matches[0].name,
        channel=way.channel,
        events=found.events,
        blocked=found.blocked,
        bytes_up=found.bytes_up,
        bytes_down=found.bytes_down,
        first_seen=found.first_seen,
        last_seen=found.last_seen,
        days=tuple(sorted(found.days.items())),
        origins=tuple(found.origins),
        source=way.source,
        facts=found.facts,
    )


def in_window(record: Record, since: int | None, until: int | None) -> bool:
    """True for records between ``since`` and ``until`` (microseconds, both inclusive). A record without a time is in every
    window: it cannot be said to be outside."""
    if record.time is None:
        return True
    return (since is None or record.time >= since) and (until is None or record.time <= until)
