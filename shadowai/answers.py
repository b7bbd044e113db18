"""Names connections that a log has the addresses of only, by the DNS answer that the same client got before it connected.

An answer names a connection if the client was told the address no longer ago than the answer's time to live, :data:`LEAST` at least. An
address that was then the answer to names of several services, or at any time to a name that is no AI service's, names nothing: what
is shared by many (a content delivery network's address) accuses nobody. What counts is when the connection began, as far as its record
tells. Such a use is inferred: it never counts as confirmed (see :meth:`~shadowai.names.Names.weakened`), and a note says how many there
are. Several records of one connection are one use, and none where another record of it has the name. The order of records and files
does not matter.

Memory is bounded: :data:`ANSWERS` pairs of client and address, :data:`OTHERS` of those for other names, :data:`CONNECTIONS` connections;
reaching a limit is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from shadowai.model import Actor, Answer, Match, Note, Record
from shadowai.sightings import Sink, Sum, Way, sighting

ANSWERS: Final = 1 << 17
"""Pairs of client and address that are remembered; those met first are kept."""
OTHERS: Final = 1 << 18
"""Pairs of client and address that were the answer for other names; beyond that, only where the address is an AI service's, too."""
CONNECTIONS: Final = 1 << 16
"""Connections by address that are remembered."""
LEAST: Final = 300
"""The least seconds for which an answer is taken as valid: programs keep addresses longer than their time to live."""
MOST: Final = 86_400
"""The most seconds for which an answer is taken as valid."""
_PER_PAIR: Final = 16
_EARLY: Final = 1_000_000
"""Microseconds by which the time of a connection may be before that of its answer: the clocks of two devices differ."""

Pair = tuple[str, str]
"""A client's address and a server's."""


class Told(NamedTuple):
    """That a client was told an address as one of ``services``, from ``first`` to ``last`` (µs)."""

    services: frozenset[str]
    matches: tuple[Match, ...]
    first: int
    last: int


class Connection(NamedTuple):
    """A connection to an address, and how it was seen. ``session`` is its id, where several records may tell of it."""

    actor: Actor
    channel: str
    source: str
    path: str
    line: int
    time: int
    began: int | None
    blocked: bool
    up: int | None
    down: int | None
    session: str | None

    @property
    def place(self) -> tuple[int, bool]:
        """Its place among the records of the same connection: those that tell how long it lasted come behind others of the same time."""
        return self.time, self.began is not None


class Answers:
    """What clients were told, and where they connected to, until :meth:`settle`. Those of parts of the input merge in order."""

    __slots__ = (
        "_addresses",
        "_connections",
        "_full",
        "_held",
        "_named",
        "_others",
        "_parted",
        "_told",
        "_unheard",
        "_unkept",
    )

    def __init__(self) -> None:
        self._told: dict[Pair, tuple[Told, ...]] = {}
        self._addresses: set[str] = set()
        self._others: set[str] = set()
        self._connections: dict[Pair, list[Connection]] = {}
        self._full = False
        """Whether there were too many connections; until they are settled, only those are remembered that an answer can name already."""
        self._held = self._named = self._parted = self._unheard = self._unkept = 0

    def learn(self, record: Record, matches: tuple[Match, ...]) -> None:
        """``record`` holds an answer; ``matches`` explain the name that was asked for, and are empty where it is no AI service's."""
        answer, time = record.answer, record.time
        if answer is None:
            return
        if not matches:
            self.other(answer)
            return
        if time is None:
            return
        lasting = min(max(answer.ttl or 0, LEAST), MOST) * 1_000_000
        services = frozenset(match.signature for match in matches if match.strength != "shared")
        told = Told(services, matches, time - _EARLY, time + lasting)
        for address in answer.addresses:
            self._learn((answer.client, address), (told,))

    def other(self, answer: Answer) -> None:
        """An answer for a name that is no AI service's."""
        self.others([f"{answer.client} {address}" for address in answer.addresses])

    def others(self, pairs: Sequence[str]) -> None:
        """The same of many answers, as ``client address`` each."""
        others = self._others
        if len(others) + len(pairs) <= OTHERS:
            others.update(pairs)
            return
        for pair in pairs:
            if len(others) < OTHERS or pair.rpartition(" ")[2] in self._addresses:
                others.add(pair)

    def wants(self, client: str, address: str) -> bool:
        """Whether a connection between the two may still be named: the client was told the address, or may yet turn out to have been."""
        return not self._full or (address in self._addresses and (client, address) in self._told) or self._refuse()

    @property
    def heard(self) -> Collection[str] | None:
        """The addresses in answers to any client; ``None`` while :meth:`wants` is true for every connection."""
        return self._addresses if self._full else None

    def pass_by(self, count: int) -> None:
        """Count connections for which :meth:`wants` would have been false."""
        self._unkept += count

    def connect(self, record: Record, channel: str) -> None:
        """A connection by address that nothing else names."""
        if record.client_ip is None or record.server_ip is None or record.time is None:
            return
        session = record.session
        one = Connection(
            Actor(record.user, record.device, record.client_ip),
            channel,
            record.format,
            record.path,
            record.line,
            record.time,
            record.began,
            bool(record.blocked),
            record.bytes_up if session is None else session.up,
            record.bytes_down if session is None else session.down,
            session.id if session is not None else None,
        )
        self.wait(record.server_ip, one)

    def wait(self, server: str, one: Connection) -> None:
        """Remember a connection to the address of a ``server``."""
        self._connections.setdefault((one.actor.address or "", server), []).append(one)
        self._held += 1
        self._full = self._full or self._held >= CONNECTIONS

    def merge(self, other: Answers) -> None:
        """Add those of the part of the input that follows; ``other`` is left as it was."""
        for pair, told in other._told.items():
            self._learn(pair, told)
        self._others |= other._others
        for pair, some in other._connections.items():
            if self._held < 2 * CONNECTIONS or pair in self._told:
                self._connections.setdefault(pair, []).extend(some)
                self._held += len(some)
                self._full = self._full or self._held >= CONNECTIONS
            else:
                self._unkept += len(some)
        self._named += other._named
        self._parted += other._parted
        self._unheard += other._unheard
        self._unkept += other._unkept

    def move(self, lines: int) -> None:
        """Put every connection so many lines further on (see :meth:`shadowai.inventory.Inventory.move`)."""
        for pair, some in self._connections.items():
            self._connections[pair] = [one._replace(line=one.line + lines) for one in some]

    def drop(self, sessions: Collection[str]) -> None:
        """Forget connections that have been counted under the name that another record of them told."""
        gone = frozenset(sessions)
        for pair, some in self._connections.items():
            self._connections[pair] = [one for one in some if one.session not in gone]
            self._held -= len(some) - len(self._connections[pair])

    def make_room(self, sink: Sink, named: Collection[str]) -> None:
        """Where too many connections are remembered, count those that an answer names by now, and forget them. ``named`` are the ids of
        those that have a name of their own."""
        if self._held > 2 * CONNECTIONS:
            pairs = [pair for pair in self._connections if pair in self._told]
            self._parted += sum(one.session is not None for pair in pairs for one in self._connections[pair])
            self._count(pairs, sink, named)

    def settle(self, sink: Sink, named: Collection[str]) -> None:
        """Count every connection that an answer names, but those in ``named``; forget the others."""
        self._count([pair for pair in self._connections if pair in self._told], sink, named)
        self._connections.clear()
        self._held, self._full = 0, False

    def notes(self) -> Iterator[Note]:
        """What was inferred, and what could not be, for there was too much."""
        if self._named:
            text = "uses are inferred: the log tells an address, and a DNS answer to the same client the name; none is confirmed by it"
            yield Note(None, "inferred", text, self._named)
        if self._named and self._unkept:
            text = (
                f"connections by address came before the DNS answers, more than {CONNECTIONS:,} of them; give the DNS logs first, "
                "that these may be named, too"
            )
            yield Note(None, "answers_limit", text, self._unkept)
        if self._parted:
            text = (
                f"records of connections by address were counted before all of them were read, more than {2 * CONNECTIONS:,} at once: "
                "what came later of the same connections is counted apart"
            )
            yield Note(None, "answers_limit", text, self._parted)
        if self._unheard:
            text = f"DNS answers were not remembered: more than {ANSWERS:,} pairs of client and address"
            yield Note(None, "answers_limit", text, self._unheard)

    def _learn(self, pair: Pair, several: tuple[Told, ...]) -> None:
        known = self._told.get(pair)
        if known is None and len(self._told) >= ANSWERS:
            self._unheard += 1
            return
        found = list(known or ())
        for told in several:
            last = found[-1] if found else None
            if last is not None and last.services == told.services and last.first <= told.first <= last.last:
                found[-1] = last._replace(last=max(last.last, told.last))
            else:
                found.append(told)
        self._told[pair] = tuple(found[-_PER_PAIR:])
        self._addresses.add(pair[1])

    def _refuse(self) -> bool:
        self._unkept += 1
        return False

    def _count(self, pairs: list[Pair], sink: Sink, named: Collection[str]) -> None:
        sums: dict[tuple[Actor, Way], Sum] = {}
        ends = self._ends()
        for pair in pairs:
            told, some = self._told[pair], self._connections.pop(pair)
            self._held -= len(some)
            mine = [one for one in some if one.session is None or ends[one.session] == pair]
            for one in _distinct(mine, named) if " ".join(pair) not in self._others else ():
                matches = _named(told, one.time if one.began is None else one.began)
                if matches:
                    self._named += 1
                    found = sums.setdefault((one.actor, Way(matches, one.channel, one.source)), Sum())
                    found.add(one.path, one.line, one.time, one.blocked, one.up, one.down)
        for (actor, way), found in sums.items():
            sink(sighting(actor, way, found), way.matches)

    def _ends(self) -> dict[str, Pair]:
        """The client and the server of each connection as its first record has them: the last one may have to guess who began it."""
        found: dict[str, tuple[tuple[int, bool], Pair]] = {}
        for pair, some in self._connections.items():
            for one in some:
                if one.session is not None:
                    place = one.place, pair
                    found[one.session] = min(found.get(one.session, place), place)
        return {session: pair for session, (_, pair) in found.items()}


def _distinct(some: Sequence[Connection], named: Collection[str]) -> Iterator[Connection]:
    """Each connection once, without those that are ``named``: as it was seen first, with all of its size, blocked where it was at last."""
    several: dict[str, list[Connection]] = {}
    for one in some:
        if one.session is None:
            yield one
        elif one.session not in named:
            several.setdefault(one.session, []).append(one)
    for parts in several.values():
        first, last = min(parts, key=lambda one: one.place), max(parts, key=lambda one: (one.time, one.blocked))
        up = max((one.up for one in parts if one.up is not None), default=None)
        down = max((one.down for one in parts if one.down is not None), default=None)
        yield first._replace(blocked=last.blocked, up=up, down=down)


def _named(told: tuple[Told, ...], time: int) -> tuple[Match, ...]:
    """The service that all answers in force at ``time`` led to; empty where there is none, or where they led to several."""
    live = [one for one in told if one.first <= time <= one.last]
    return live[0].matches if len({one.services for one in live}) == 1 else ()
