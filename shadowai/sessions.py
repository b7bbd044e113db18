"""Joins several records of one connection: its name is in one, its size in another (Zeek's ssl.log and conn.log, FortiGate's web
filter and traffic logs, the two lines that an ASA writes when a connection begins and ends), joined by the id that the writer gives it.

What names a host within a connection is what is counted. Records of the connection as a whole give it their size: less what the others
tell of themselves, once, and not at all where these name several hosts. A whole that nothing within it repeats is counted itself: once,
as of its first record, blocked where its last one says so. So a connection is never counted twice, and neither are its bytes. The order
of records and files does not matter.

Memory is bounded: of names only those of AI services are kept, and of sizes the first :data:`SIZES` whose name has not come yet.
Reaching a limit is counted and told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from shadowai.model import Actor, Note, Record, Session
from shadowai.sightings import Sink, Sum, Way, sighting

USES: Final = 1 << 17
"""Connections to AI services that are remembered at once; then the half that came first is counted with the sizes known so far."""
SIZES: Final = 1 << 16
"""Connections without a name whose sizes are remembered."""
KINDS: Final = frozenset({"connection", "tls_connection", "http_request"})
"""Kinds of records that tell of a connection to a service; a look-up's connection is the resolver's."""
_DNS = 53


class Size(NamedTuple):
    """Bytes up and down of a whole connection; the larger where it is told more than once, for some reports are of its course."""

    up: int | None = None
    down: int | None = None

    def merge(self, other: Size) -> Size:
        """The larger of both, for each direction."""
        return Size(_larger(self.up, other.up), _larger(self.down, other.down))


class Use(NamedTuple):
    """A record of an AI service, and what of it is counted. ``whole`` where it tells of the connection, ``once`` where a second one of
    the same connection and host tells nothing new. ``total`` is what it says of the size of all of the connection."""

    actor: Actor
    way: Way
    facts: frozenset[str]
    host: str
    whole: bool
    once: bool
    path: str
    line: int
    time: int | None
    blocked: bool
    up: int | None
    down: int | None
    total: Size


class Sessions:
    """What is known of connections by their ids, until :meth:`settle`. Those of parts of the input merge in order."""

    __slots__ = ("_early", "_given", "_repeated", "_sizes", "_unkept", "_uses", "_ways")

    def __init__(self) -> None:
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._sizes: dict[str, Size] = {}
        self._ways: dict[Way, Way] = {}
        self._given = self._repeated = self._early = self._unkept = 0

    def __bool__(self) -> bool:
        """Whether there are uses that :meth:`settle` would count."""
        return bool(self._uses)

    def joins(self, record: Record) -> bool:
        """Whether ``record`` is about a connection to a service and has its id."""
        return record.session is not None and record.kind in KINDS

    def use(self, record: Record, way: Way, facts: frozenset[str]) -> None:
        """``record`` is counted as ``way`` says, once all is known of its connection."""
        session = record.session or Session("")
        one = Use(
            Actor(record.user, record.device, record.client_ip),
            self._ways.setdefault(way, way),
            facts,
            record.host or "",
            session.whole,
            record.kind == "tls_connection" and not record.blocked,
            record.path,
            record.line,
            record.time,
            bool(record.blocked),
            record.bytes_up,
            record.bytes_down,
            Size(session.up, session.down),
        )
        self._uses[session.id] = (*self._uses.get(session.id, ()), one)

    def take_size(self, record: Record) -> None:
        """Remember the size of a whole connection, where ``record`` has it."""
        if record.session is not None and record.host is None and record.counted:
            self.size(record.session, record.kind, record.server_port)

    def size(self, session: Session, kind: str | None, port: int | None) -> None:
        """Remember the size of a connection from a record without a name; that of a DNS look-up is ignored."""
        size = Size(session.up, session.down)
        if kind == "connection" and port != _DNS and size != Size():
            self._keep(session.id, size)

    def keep(self, session: str, up: int | None, down: int | None) -> None:
        """Remember the bytes up and down of a connection from a record without a name."""
        self._keep(session, Size(up, down))

    @property
    def ids(self) -> Collection[str]:
        """The ids of the connections to AI services that are not counted yet."""
        return self._uses.keys()

    def _keep(self, session: str, size: Size) -> None:
        known = self._sizes.get(session)
        if known is not None:
            self._sizes[session] = known.merge(size)
        elif session in self._uses or len(self._sizes) < SIZES + len(self._uses):
            self._sizes[session] = size
        else:
            self._unkept += 1

    def merge(self, other: Sessions) -> None:
        """Add those of the part of the input that follows; ``other`` is left as it was."""
        for session, uses in other._uses.items():
            self._uses[session] = (*self._uses.get(session, ()), *uses)
        for session, size in other._sizes.items():
            self._keep(session, size)
        self._given += other._given
        self._repeated += other._repeated
        self._early += other._early
        self._unkept += other._unkept

    def move(self, lines: int) -> None:
        """Put every record so many lines further on (see :meth:`shadowai.inventory.Inventory.move`)."""
        for session, uses in self._uses.items():
            self._uses[session] = tuple(use._replace(line=use.line + lines) for use in uses)

    def make_room(self, sink: Sink) -> Collection[str]:
        """Where too many are remembered, count the half that came first; gives their ids."""
        if len(self._uses) <= USES:
            return ()
        first = list(self._uses)[: USES // 2]
        self._early += sum(session not in self._sizes for session in first)
        self._count(first, sink)
        return first

    def settle(self, sink: Sink) -> None:
        """Count everything; sizes without a name are forgotten, for they are no AI service's."""
        self._count(list(self._uses), sink)
        self._sizes.clear()

    def notes(self) -> Iterator[Note]:
        """What was joined, and what could not be, for there was too much."""
        if self._given:
            text = "uses have the size that another record of the same connection tells"
            yield Note(None, "joined", text, self._given)
        if self._repeated:
            text = "records repeat a connection that is counted already, by its id"
            yield Note(None, "joined", text, self._repeated)
        if self._early:
            text = (
                f"uses were counted before the size of their connection was known, more than {USES:,} at once: "
                "what came later of the same connections is counted apart"
            )
            yield Note(None, "sessions_limit", text, self._early)
        if self._unkept:
            text = (
                f"connections came before their name, more than {SIZES:,} of them: where they are an AI service's, their size is "
                "missing; give the files that tell names before those that tell sizes"
            )
            yield Note(None, "sessions_limit", text, self._unkept)

    def _count(self, sessions: Sequence[str], sink: Sink) -> None:
        sums: dict[tuple[Actor, Way], Sum] = {}
        for session in sessions:
            counted = self._joined(self._uses.pop(session), self._sizes.pop(session, Size()))
            for use in counted:
                found = sums.setdefault((use.actor, use.way), Sum())
                found.facts |= use.facts
                found.add(use.path, use.line, use.time, use.blocked, use.up, use.down)
        for (actor, way), found in sums.items():
            sink(sighting(actor, way, found), way.matches)

    def _joined(self, uses: Sequence[Use], size: Size) -> Sequence[Use]:
        """The uses of one connection as they are counted; ``size`` is its size from records without a name."""
        if len(uses) == 1 and size == Size():
            return uses
        for use in uses:
            size = size.merge(use.total)
        counted = list(_distinct(uses))
        self._repeated += len(uses) - len(counted)
        apart = [_apart(use) for use in counted]
        rest = Size(_rest(size.up, (use.up for use in apart)), _rest(size.down, (use.down for use in apart)))
        given = _given(apart, rest)
        self._given += given != apart
        return given


def _apart(use: Use) -> Use:
    """``use`` without sizes that are those of the connection so far rather than its own."""
    up, down = use.total
    return use._replace(up=use.up if up is None else None, down=use.down if down is None else None)


def _given(uses: Sequence[Use], size: Size) -> Sequence[Use]:
    """``uses`` with ``size`` given to the first one that has none; unchanged where uses without a size are of several hosts."""
    if len({use.host for use in uses if not use.blocked and None in (use.up, use.down)}) != 1:
        return uses
    given = list(uses)
    up = next((place for place, use in enumerate(given) if use.up is None and not use.blocked), None)
    if up is not None:
        given[up] = given[up]._replace(up=size.up)
    down = next((place for place, use in enumerate(given) if use.down is None and not use.blocked), None)
    if down is not None:
        given[down] = given[down]._replace(down=size.down)
    return given


def _distinct(uses: Sequence[Use]) -> Iterator[Use]:
    """Without what tells again of the same connection to the same host: the whole beside what is in it, quic.log beside ssl.log, an
    alert beside its connection, a hello beside the requests behind it."""
    within = [use for use in uses if not use.whole]
    named, seen = {use.host for use in within}, {use.host for use in within if not use.once and not use.blocked}
    wholes: dict[str, list[Use]] = {}
    for use in uses:
        if use.whole:
            wholes.setdefault(use.host, []).append(use)
        elif not (use.once and use.host in seen):
            yield use
            if use.once:
                seen.add(use.host)
    for host, several in wholes.items():
        if host not in named and (host or not named | wholes.keys() - {""}):
            yield _one(several)


def _one(several: Sequence[Use]) -> Use:
    """One use from several records of a whole connection: its place is that of the earliest; blocked if the last record says so."""
    first = min(several, key=lambda use: (use.time is None, use.time or 0))
    last = max(several, key=lambda use: (use.time or 0, use.blocked))
    return first._replace(blocked=last.blocked)


def _rest(whole: int | None, told: Iterable[int | None]) -> int | None:
    """``whole`` less the values in ``told``, at least 0; ``None`` where ``whole`` is not known."""
    return None if whole is None else max(whole - sum(one or 0 for one in told), 0)


def _larger(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else max(one, other)
