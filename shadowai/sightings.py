"""From records to sightings: who used which name, folded as the records come.

:func:`of_record` says what one record is evidence of; :class:`Fold` adds such evidence up. A scan and the reference
path (``fold(match(read))``) share both, so that they cannot disagree about anything but which records they look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from shadowai import blind_hosts, places
from shadowai.candidates import is_service
from shadowai.model import Actor, Match, Record, Sighting, Unit
from shadowai.names import NO_HOST, Found, Names
from shadowai.places import Places

if TYPE_CHECKING:
    from shadowai.inventory import Counter, Inventory
    from shadowai.joins import Joins

DAY = 86_400_000_000
"""Microseconds."""
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
_FLUSH = 1 << 15
_ALL_PLACES = len(places.of_lines("", range(places.KEPT)))
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
    places: Places = ()
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
        if len(self.places) < _ALL_PLACES:
            self.places = places.added(self.places, path, unit, line)
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

    def take(self, other: Sum) -> None:
        """Add up what was added up elsewhere of lines of the same file."""
        self.places = places.earliest(self.places, other.places)
        if other.first_seen is not None and (self.first_seen is None or other.first_seen < self.first_seen):
            self.first_seen = other.first_seen
        if other.last_seen is not None and (self.last_seen is None or other.last_seen > self.last_seen):
            self.last_seen = other.last_seen
        self.events += other.events
        self.blocked += other.blocked
        if other.bytes_up is not None:
            self.bytes_up = (self.bytes_up or 0) + other.bytes_up
        if other.bytes_down is not None:
            self.bytes_down = (self.bytes_down or 0) + other.bytes_down
        for day, sent in other.days.items():
            self.days[day] = self.days.get(day, 0) + sent
        if not other.facts <= self.facts:
            self.facts |= other.facts

    def copy(self) -> Sum:
        """Another with the same figures."""
        return replace(self, days=dict(self.days))


def channel_of(record: Record) -> str:
    """The channel of the sightings that a record is evidence for."""
    return CHANNELS.get(record.kind or "", "network")


def matches_of(record: Record, names: Names) -> tuple[Match, ...]:
    """The signatures that explain a record, from its canonical fields; empty for none."""
    decision = names.decide(record.host) if record.host is not None else NO_HOST
    # Beside a name in a capture, the address is that of its resolver or proxy as often as that of the service.
    if decision is NO_HOST and record.server_ip is not None and (record.host is None or record.unit != "frame"):
        decision = names.decide(record.server_ip)
    found = names.matches(decision, record.url) if isinstance(decision, Found) else ()
    if record.unit == "frame" and found and blind_hosts.shows_in_captures(found[0]):
        found = ()
    if record.proof is not None:
        found = _with_proof(record.proof, record, found, names)
    return tuple(names.weakened(match) for match in found) if record.inferred else found


def _with_proof(proof: str, record: Record, found: tuple[Match, ...], names: Names) -> tuple[Match, ...]:
    """What ``found`` becomes where a service's own protocol was seen; a vendor's own host needs no such proof."""
    if any(match.strength == "strong" for match in found):
        return found
    if any(match.strength == "weak" for match in found):
        return names.strengthened(found)
    services = tuple(match for match in found if is_service(match))
    return (*names.proven(proof, record.host or record.server_ip or ""), *services) or found


def is_ai(matches: tuple[Match, ...]) -> bool:
    """Whether ``matches`` name a service: those of hosts that are only watched, or that hide others, do not."""
    return bool(matches) and is_service(matches[0])


class Fold:
    """Adds records up and hands the sums to ``inventory``, at the end or when there are many.

    Memory grows with actors and services, never with records. With ``joins``, what :meth:`take` is given of one connection in
    several records is counted together.
    """

    def __init__(self, inventory: Inventory, names: Names, joins: Joins | None = None) -> None:
        self._inventory = inventory
        self._names = names
        self._joins = joins
        self._ways: dict[Way, int] = {}
        self._known: list[Way] = []
        self._sums: dict[tuple[Actor, int], Sum] = {}

    def way(self, record: Record, matches: tuple[Match, ...]) -> int:
        """The number of the way in which ``record`` shows a use of what ``matches`` say."""
        return self.number(Way(matches, channel_of(record), record.format))

    def number(self, way: Way) -> int:
        """The number of a way, until what was added up is handed over."""
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

    def put(self, actor: Actor, way: int, found: Sum) -> None:
        """Take over the sum of one actor and one way, added up elsewhere of lines of the same file."""
        known = self._sums.setdefault((actor, way), found)
        if known is not found:
            known.take(found)

    @property
    def is_full(self) -> bool:
        """Whether so much has been added up that it had better be handed over."""
        return len(self._sums) >= _FLUSH

    def make_room(self) -> None:
        """Hand over what has been added up, if that is much."""
        if self.is_full:
            self.flush()

    def facts(self, record: Record) -> frozenset[str]:
        """What a record tells of the manner of use; nothing where it was blocked."""
        if record.blocked:
            return _NO_FACTS
        tool = self._names.tool(record.user_agent) if record.user_agent is not None else _NO_FACTS
        told = tool | record.facts if record.facts else tool
        return told | _POSTED if record.method in _WRITES else told

    def take(self, record: Record, matches: tuple[Match, ...], *, counts: bool) -> None:
        """One record, ``matches`` that explain it, and whether it is a use within the window: counted, or remembered for the other
        records of its connection. A record that nothing explains may still tell the size of a connection that another one names."""
        joins = self._joins
        if joins is None:
            if matches and counts:
                self.add(record, matches)
            return
        if record.answer is not None:
            self.learn(record, matches)
        joined = joins.sessions.joins(record)
        if matches and counts and joined:
            joins.sessions.use(record, self._known[self.way(record, matches)], self.facts(record))
        elif matches and counts:
            self.add(record, matches)
        else:
            if joined:
                joins.sessions.take_size(record)
            if not matches:
                self._by_address(record, joins, counts=counts)
        joins.make_room(self._inventory.add)

    def learn(self, record: Record, matches: tuple[Match, ...]) -> None:
        """``record`` holds a DNS answer, to a question that ``matches`` explain."""
        if self._joins is not None:
            told = matches if is_ai(matches) else ()
            self._joins.answers.learn(record, tuple(map(self._names.weakened, told)))

    def _by_address(self, record: Record, joins: Joins, *, counts: bool) -> None:
        from shadowai.joins import by_address

        wanted = by_address(record) and joins.answers.wants(record.client_ip or "", record.server_ip or "")
        if wanted and counts:
            joins.answers.connect(record, channel_of(record))

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

    def flush_in_order(self) -> None:
        """:meth:`flush`, in the order of the lines that came first: for whoever does not add up line by line."""
        self._sums = dict(sorted(self._sums.items(), key=lambda item: places.first_number(item[1].places)))
        self.flush()

    def flush(self) -> None:
        """Hand over what has been added up. The numbers of ways hold until then."""
        sums, self._sums = self._sums, {}
        counters: dict[int, Counter] = {}
        for key in list(sums):
            found = sums.pop(key)  # let go of each once it is counted elsewhere
            if found.events or found.blocked:
                actor, number = key
                if number not in counters:
                    counters[number] = self._inventory.counter(self._known[number])
                counters[number].count(actor, found)
        for counter in counters.values():
            counter.close()
        if len(self._known) >= _FLUSH:
            self._ways, self._known = {}, []


def sighting(actor: Actor, way: Way, found: Sum) -> Sighting:
    """What was added up, as one sighting."""
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
        origins=places.origins(found.places),
        source=way.source,
        facts=found.facts,
    )


def in_window(record: Record, since: int | None, until: int | None) -> bool:
    """True for records between ``since`` and ``until`` (microseconds, both inclusive). A record without a time is in every
    window: it cannot be said to be outside."""
    if record.time is None:
        return True
    return (since is None or record.time >= since) and (until is None or record.time <= until)
