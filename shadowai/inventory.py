"""Explained sightings folded into the entries of the inventory (docs/inventory.md).

The fold is associative: inventories of parts of the input, merged in input order, give the entries of the whole,
however the input was cut. Memory grows with AI users times services (and their active days), never with the input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from shadowai import blind_hosts, candidates
from shadowai.inventory_rows import (
    Row,
    Verdicts,
    counted_in,
    departments_of,
    devices_of,
    ignoring_none,
    row_of,
    usage_of,
)
from shadowai.inventory_tally import (
    EVIDENCE_KEPT,
    NAMES_KEPT,
    SCOPES_KEPT,
    Actors,
    Cells,
    Footing,
    count,
    first,
    of_sighting,
    same,
    tally_of,
)
from shadowai.model import (
    ACCOUNT,
    CONFIDENCES,
    SEVERITY,
    Actor,
    Candidate,
    Entry,
    Match,
    Note,
    Sighting,
    Signature,
)

if TYPE_CHECKING:
    from shadowai.joins import Joins
    from shadowai.policy import Decision, Policy
    from shadowai.sightings import Sum, Way

By = Literal["service", "user"]

DAYS_KEPT: Final = 1_000
"""Days listed one by one per row by service, the last ones."""
LOOKUP_CHANNELS: Final = frozenset({"dns"})
"""Channels that show a name being asked for, not used."""


_Standing = tuple[str, Footing, frozenset[str]]


class Inventory:
    """A streaming fold of sightings into entries."""

    __slots__ = ("_joins", "_room", "_services", "_watched")

    def __init__(self) -> None:
        self._joins: Joins | None = None
        self._room = candidates.Room()
        self._watched: dict[str, Actors] = {}
        """As ``_services``, of what is no service: hosts that may be AI, and those that hide others."""
        # service -> actor -> footing; the actor ``None`` stands for everybody together
        self._services: dict[str, Actors] = {}

    def add(self, sighting: Sighting, matches: tuple[Match, ...]) -> None:
        """Count ``sighting`` once for each service that ``matches`` explain it with; ``shared`` ones explain nothing.

        What a sighting says beside ``blocked`` must come from what was let through: one without ``events`` gives
        no bytes, days or facts.
        """
        for service, footing, roles in _standings(matches, sighting.channel in LOOKUP_CHANNELS):
            one = of_sighting(sighting, footing, roles)
            if service[:1] == candidates.MARK:
                self._watch(service, {None: (one,), sighting.actor: (one,)})
                continue
            actors = self._services.setdefault(service, {})
            for who in (None, sighting.actor):
                count(actors, who, one)

    def counter(self, way: Way) -> Counter:
        """What counts sums of one way of use as :meth:`add` would count their sightings."""
        return Counter(self._services, self._watch, way)

    @property
    def joins(self) -> Joins:
        """What records say of each other; it is counted when rows are asked for."""
        from shadowai.joins import Joins

        if self._joins is None:
            self._joins = Joins()
        return self._joins

    def _settle(self) -> None:
        if self._joins is not None:
            self._joins.settle(self.add)

    def merge(self, other: Inventory) -> None:
        """Add the inventory of the part of the input that follows; ``other`` is left as it was."""
        self._merge(other, used_up=False)

    def take(self, other: Inventory) -> None:
        """:meth:`merge`, for an ``other`` that nobody uses any more: what it holds becomes part of this one."""
        self._merge(other, used_up=True)

    def _merge(self, other: Inventory, *, used_up: bool) -> None:
        self._merge_services(other, used_up=used_up)
        for gone in self._room.lower(other._room):
            del self._watched[gone]
        for key, actors in other._watched.items():
            self._watch(key, actors)
        if other._joins is not None:
            self.joins.merge(other._joins)
            self.joins.make_room(self.add)

    def _merge_services(self, other: Inventory, *, used_up: bool) -> None:
        for service, others in other._services.items():
            actors = self._services.setdefault(service, {})
            for who, cells in others.items():
                if used_up and who not in actors:
                    actors[who] = cells
                    continue
                for tally in cells:
                    count(actors, who, tally)

    def _watch(self, key: str, actors: Actors) -> None:
        """Count what was seen of a host that is no service's, while there is room for it."""
        if not self._room.admits(key):
            return
        mine = self._watched.setdefault(key, {})
        more = sum(count(mine, who, tally) for who, cells in actors.items() for tally in cells)
        if more:
            for gone in self._room.grow(key, more):
                del self._watched[gone]

    def move(self, lines: int) -> None:
        """Put every numbered place so many lines further on: for a part of a file that was read before it was known where it begins."""
        if not lines:
            return
        both = (*self._services.values(), *self._watched.values())
        for tally in (tally for actors in both for cells in actors.values() for tally in cells):
            tally.move(lines)
        if self._joins is not None:
            self._joins.move(lines)

    def seen(self) -> Iterator[tuple[Actor, int | None, int | None]]:
        """Who used a service, and when they were first and last seen with it."""
        self._settle()
        for actors in self._services.values():
            yield from ((who, *_times(cells)) for who, cells in actors.items() if who is not None)

    def identified(self, who: Callable[[Actor, int | None, int | None], Actor]) -> Inventory:
        """The same with every actor as ``who`` knows them, given when they were first and last seen with a service; those that it
        knows as one are counted as one. To be done once, at the end: however the input was cut, the times are those of the whole."""
        self._settle()
        made = Inventory()
        made._joins, made._room = self._joins, self._room
        for service, actors in (*self._services.items(), *self._watched.items()):
            services = made._watched if service in self._watched else made._services
            known = services.setdefault(service, {})
            for actor, cells in actors.items():
                person = actor if actor is None else who(actor, *_times(cells))
                for tally in cells:
                    count(known, person, tally)
        return made

    def entries(
        self,
        by: By,
        *,
        lookup: Callable[[str], Signature],
        policy: Policy,
        today: date,
        persons: bool = False,
        department: Callable[[str], str] | None = None,
    ) -> tuple[Entry, ...]:
        """The rows of the inventory, one per service or one per service and actor; with ``persons``, one for all that a user did
        with a service, from whatever device.

        ``lookup`` gives the signature of a service id; ``today`` decides which rules of ``policy`` have expired; ``department``
        gives that of a user, empty where it is not known.
        Sorted by verdict (:data:`SEVERITY`), confidence, users and events (most first), service id and actor.
        """
        self._settle()
        signatures = {service: lookup(service) for service in self._services}
        judged = Verdicts(self._services, policy, today, department)
        made = (
            _entry(signatures[service], judged.decision(signatures[service], row, actors), who, row, actors, department)
            for service, who, row, actors in (
                (service, who, row_of(cells), actors) for service, who, cells, actors in self._rows(by, persons)
            )
        )
        return ordered(made)

    def candidates(self) -> tuple[Candidate, ...]:
        """Hosts that look like AI and that no signature explains, ranked; those with nothing to say for them are left out."""
        self._settle()
        made: list[Candidate] = []
        for key, actors in self._watched.items():
            host, row = candidates.host_of(key), row_of(actors[None])
            if host is not None:
                made.append(_candidate(host, row, actors))
        return candidates.ranked(one for one in made if one.evidence)

    def notes(self, by: By, *, persons: bool = False) -> tuple[Note, ...]:
        """What :meth:`entries` left out on purpose: lists cut short, and sightings on a weaker footing."""
        self._settle()
        cut = wide = weaker = events = 0
        for _, _, cells, _ in self._rows(by, persons):
            row = row_of(cells)
            cut += len(row.names) > NAMES_KEPT or len(row.sources) > NAMES_KEPT
            wide += row.use is not None and len(row.use.scopes) > SCOPES_KEPT
            weaker += row.aside > 0
            events += row.aside
        found = []
        if cut:
            text = f"rows with more than {NAMES_KEPT} names or sources list the first {NAMES_KEPT} only"
            found.append(Note(None, "cut", text, cut))
        if wide:
            found.append(
                Note(
                    None,
                    "cut",
                    f"rows with more than {SCOPES_KEPT} permissions list the first {SCOPES_KEPT} only",
                    wide,
                )
            )
        if weaker:
            text = (
                f"{events} event{'s' * (events != 1)} at names that do not identify the service alone are listed under names "
                "and not counted, in rows that have surer ones"
            )
            found.append(Note(None, "weaker", text, weaker))
        return (*found, *self._blind(), *(self._joins.notes() if self._joins is not None else ()))

    def _blind(self) -> Iterator[Note]:
        """Hosts that hide others, by kind; and that there were more hosts to watch than had room."""
        for key, actors in sorted(self._watched.items()):
            tallies = actors[None]
            hosts = first(NAMES_KEPT, *(tally.names for tally in tallies))
            note = blind_hosts.note(key, sum(tally.events for tally in tallies), hosts)
            if note is not None:
                yield note
        if self._room.full:
            yield Note(
                None, "candidates_limit", f"of hosts that may be AI, only some were held: {len(self._watched):,}"
            )

    def _rows(self, by: By, persons: bool) -> Iterator[tuple[str, Actor | None, Cells, Actors]]:
        """Each row: its service, who, what is counted, and the actors behind it."""
        for service, actors in self._services.items():
            if by == "service":
                yield service, None, actors[None], actors
                continue
            for who, members in _together(actors, persons):
                yield service, who, _merged(members.values()), members


class Counter:
    """Counts sums of one way of use, each by who it is of; to be closed, for what everybody did together."""

    def __init__(self, services: dict[str, Actors], watch: Callable[[str, Actors], None], way: Way) -> None:
        self._services, self._watch = services, watch
        self._tallies = [
            (service, tally_of(way, footing, roles))
            for service, footing, roles in _standings(way.matches, way.channel in LOOKUP_CHANNELS)
        ]
        self._total: Sum | None = None

    def count(self, actor: Actor, found: Sum) -> None:
        """Count one sum. It is not to be added to any more."""
        if self._total is None:
            self._total = found.copy()
        else:
            self._total.take(found)
        for service, made in self._tallies:
            one = made(found)
            if service[:1] == candidates.MARK:
                self._watch(service, {None: (one,), actor: (one,)})
                continue
            actors = self._services.setdefault(service, {})
            if actor in actors:
                count(actors, actor, one)
            else:
                actors[actor] = (one,)

    def close(self) -> None:
        """Count what everybody did."""
        if self._total is None:
            return
        for service, made in self._tallies:
            if service[:1] != candidates.MARK:
                count(self._services[service], None, made(self._total))


def asset_id(service: str, actor: Actor | None = None) -> str:
    """The stable id of a row: 16 hex digits that depend on who and what, and on nothing that was counted.

    The first 64 bits of SHA-256 over ``service:<id>`` or ``service:<id>␟user:<user>␟device:<device>␟address:<address>``
    in UTF-8; ``␟`` is U+001F, doubled where it is part of a value; an unknown part is empty.
    """
    parts = [f"service:{_escaped(service)}"]
    if actor is not None:
        parts += [f"{key}:{_escaped(value or '')}" for key, value in zip(Actor._fields, actor, strict=True)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _escaped(value: str) -> str:
    return value.replace("\x1f", "\x1f\x1f")


@lru_cache(1 << 12)
def _standings(matches: tuple[Match, ...], lookup: bool) -> tuple[_Standing, ...]:
    """Each service that explains a sighting, once, with its best footing and the roles found on it."""
    found: dict[str, dict[str, set[str]]] = {}
    for match in matches:
        if match.strength != "shared" or not candidates.is_service(match):
            roles = found.setdefault(match.signature, {}).setdefault(_confidence(match), set())
            roles |= {match.role, f"{ACCOUNT}{match.account}"} if match.account else {match.role}
    best = {service: min(ways, key=CONFIDENCES.index) for service, ways in found.items()}
    return tuple(
        (service, same(Footing(best[service], lookup)), same(frozenset(ways[best[service]])))
        for service, ways in found.items()
    )


def _confidence(match: Match) -> str:
    if match.ambiguous:
        return "ambiguous"
    return "confirmed" if match.strength == "strong" else "unconfirmed"


def _together(actors: Actors, persons: bool) -> Iterator[tuple[Actor, Actors]]:
    """The actors one by one; with ``persons``, all of one user together, under the user alone."""
    joined: dict[str, Actors] = {}
    for who, cells in actors.items():
        if who is None:
            continue
        if persons and who.person is not None:
            joined.setdefault(who.person, {})[who] = cells
        else:
            yield who, {who: cells}
    for user, members in joined.items():
        yield Actor(user), members


def _merged(several: Iterable[Cells]) -> Cells:
    """What several actors did, together; theirs is left as it was."""
    all_cells = list(several)
    if len(all_cells) == 1:
        return all_cells[0]
    found: Actors = {}
    for tally in (tally for cells in all_cells for tally in cells):
        count(found, None, tally)
    return found.get(None, ())


def _entry(
    signature: Signature,
    decision: Decision,
    who: Actor | None,
    row: Row,
    actors: Actors,
    department: Callable[[str], str] | None,
) -> Entry:
    use = row.use
    sent = None if row.lookup else use  # what a look-up sends goes to a resolver
    counted = list(counted_in(row, actors))
    return Entry(
        asset_id=asset_id(signature.id, who),
        service_id=signature.id,
        service=signature.name,
        vendor=signature.vendor,
        category=signature.category,
        actor=who,
        verdict=decision.verdict,
        confidence=row.confidence,
        usage=usage_of(signature.category, row, counted, actors),
        users=len({actor.person for actor in counted if actor.person}),
        devices=devices_of(counted),
        events=use.events if use else 0,
        blocked=sum(tally.blocked for tally in row.same),
        bytes_up=sent.bytes_up if sent else None,
        bytes_down=sent.bytes_down if sent else None,
        first_seen=ignoring_none(min, *(tally.first_seen for tally in row.same)),
        last_seen=ignoring_none(max, *(tally.last_seen for tally in row.same)),
        active_days=(len(use.days) or None) if use else 0,
        sources=tuple(sorted(row.sources[:NAMES_KEPT])),
        names=row.names[:NAMES_KEPT],
        evidence=first(EVIDENCE_KEPT, *([use.origins] if use else ()), *(tally.origins for tally in row.same)),
        scopes=use.scopes[:SCOPES_KEPT] if use else (),
        verdict_reason=decision.reason,
        verdict_owner=decision.owner,
        ruling=decision.ruling,
        signature_pack=signature.pack,
        signature_sha256=signature.sha256,
        facts=tuple(sorted(use.facts)) if use and use.facts else (),
        departments=departments_of(counted, department) if department is not None else (),
        days=use.days[-DAYS_KEPT:] if use and who is None else (),
    )


def _candidate(host: str, row: Row, actors: Actors) -> Candidate:
    """A watched host with the figures of its uses."""
    use, counted = row.use, list(counted_in(row, actors))
    sent = None if row.lookup else use
    told = candidates.evidence(host, use.roles, use.facts) if use else candidates.evidence(host, (), ())
    return candidates.scored(
        Candidate(
            name=host,
            evidence=told,
            users=len({actor.person for actor in counted if actor.person}),
            devices=devices_of(counted),
            events=use.events if use else 0,
            blocked=sum(tally.blocked for tally in row.same),
            bytes_up=sent.bytes_up if sent else None,
            bytes_down=sent.bytes_down if sent else None,
            first_seen=ignoring_none(min, *(tally.first_seen for tally in row.same)),
            last_seen=ignoring_none(max, *(tally.last_seen for tally in row.same)),
            sources=tuple(sorted(row.sources[:NAMES_KEPT])),
            origins=first(EVIDENCE_KEPT, *([use.origins] if use else ()), *(tally.origins for tally in row.same)),
        )
    )


def ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Rows as a report lists them: by verdict (:data:`SEVERITY`), confidence, users and events (most first), service id and actor."""
    return tuple(sorted(entries, key=_place))


def _place(entry: Entry) -> tuple[int, int, int, int, str, tuple[str, ...]]:
    return (
        SEVERITY.index(entry.verdict),
        CONFIDENCES.index(entry.confidence),
        -entry.users,
        -entry.events,
        entry.service_id,
        tuple(part or "" for part in entry.actor or ()),
    )


def _times(cells: Cells) -> tuple[int | None, int | None]:
    """When the first and the last of it was seen."""
    return ignoring_none(min, *(tally.first_seen for tally in cells)), ignoring_none(
        max, *(tally.last_seen for tally in cells)
    )
