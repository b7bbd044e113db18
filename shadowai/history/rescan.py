"""Remembered names asked again with today's catalogue: who used a service before there was a signature of it?

Three things are remembered that a newer catalogue may explain: apps of tenants, whoever they are; the names of rows that other
services were counted under; and names that looked like AI already. Other names in logs are not kept: those logs have to be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from shadowai import normalize
from shadowai.history import bodies, unexplained
from shadowai.history.model import Finding, KnownApp, ThingKind
from shadowai.history.store import History
from shadowai.history.tables import THING, VERSION
from shadowai.model import Actor, Match
from shadowai.tenant import EVERYONE, App, Grant, Person

How = Literal["app", "row", "candidate"]
Matches = Callable[[str], tuple[Match, ...]]
AppMatches = Callable[[App], tuple[Match, ...]]
AppKey = tuple[str, str]
"""A tenant's lineage and the id of an app in it."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A remembered name that is explained now. ``was`` is the id of the service that it was counted under, empty where it was nobody's.

    ``who`` are the people that are known, and ``actors`` the same as rows by user have them; ``users`` how many there were (``None``: not
    known); ``places`` where to look. Times are microseconds since the epoch, and bound when the thing was seen, which for a row may be
    under its other names.
    """

    service: str
    name: str
    strength: str
    how: How
    was: str = ""
    who: tuple[str, ...] = ()
    users: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    places: tuple[str, ...] = ()
    actors: tuple[Actor, ...] = ()


def rescan(history: History, matches: Matches, app_matches: AppMatches) -> list[Explained]:
    """All remembered names that the catalogue behind ``matches`` and ``app_matches`` explains otherwise than the run that saw them, by
    service, then the earliest first."""
    with history.reading() as db:
        found = {*_apps(db, app_matches), *_rows(db, matches), *_candidates(db, matches)}
    return sorted(found, key=lambda one: (one.service, one.first_seen or 0, one.how, one.name, one.who))


def _apps(db: Connection, app_matches: AppMatches) -> Iterator[Explained]:
    users, unnamed = _users(db)
    times = _times(db, "app")
    for lineage, key, known in _things(db, "app"):
        if not isinstance(known, KnownApp):
            continue
        who = tuple(sorted(users.get((lineage, known.app.id), ())))
        place = f"{known.app.platform}:{known.app.tenant}/{known.app.id}"
        for match in _best(app_matches(known.app)):
            if match.signature not in known.services:
                first, last = times.get((lineage, key), (None, None))
                named = None if (lineage, known.app.id) in unnamed else len(who) or None
                was = ", ".join(known.services)
                yield Explained(
                    match.signature,
                    known.app.name,
                    match.strength,
                    "app",
                    was,
                    who,
                    named or known.app.users,
                    first,
                    last,
                    (place,),
                    tuple(Actor(normalize.user(name)) for name in who),
                )


def _users(db: Connection) -> tuple[Mapping[AppKey, Collection[str]], Collection[AppKey]]:
    """The people by the apps that they granted access or were given, and the apps that others have as well: a grant for everyone names
    nobody, and what is assigned to somebody without an address may be a group. What was asked for and not given is no use."""
    people = {
        (lineage, person.id): person for lineage, _, person in _things(db, "person") if isinstance(person, Person)
    }
    users: dict[AppKey, set[str]] = {}
    unnamed: set[AppKey] = set()
    for lineage, _, grant in _things(db, "grant"):
        if not isinstance(grant, Grant) or not grant.principal or grant.kind == "request":
            continue
        person = people.get((lineage, grant.principal))
        address = person.address if person else None
        if grant.principal == EVERYONE or (address is None and grant.kind == "assignment"):
            unnamed.add((lineage, grant.app))
        else:
            users.setdefault((lineage, grant.app), set()).add(address or grant.principal)
    return users, unnamed


def _rows(db: Connection, matches: Matches) -> Iterator[Explained]:
    times = _times(db, "user")
    for lineage, key, row in _things(db, "user"):
        if not isinstance(row, Finding):
            continue
        actor = Actor(row.user, row.device, row.address)
        person = next((part for part in actor if part), "")
        for name in row.names:
            now = matches(name)
            if any(match.signature == row.service_id for match in now):
                continue
            first, last = times.get((lineage, key), (None, None))
            for match in _best(now):
                yield Explained(
                    match.signature,
                    name,
                    match.strength,
                    "row",
                    row.service_id,
                    (person,),
                    1,
                    first,
                    last,
                    row.sources,
                    (actor,),
                )


def _candidates(db: Connection, matches: Matches) -> Iterator[Explained]:
    for one in unexplained.remembered(db):
        for match in _best(matches(one.name)):
            yield Explained(
                match.signature,
                one.name,
                match.strength,
                "candidate",
                users=one.users,
                first_seen=one.first_seen,
                last_seen=one.last_seen,
                places=one.places,
            )


def _best(matches: Iterable[Match]) -> list[Match]:
    """One for each service, a strong one where there is one: the same text may be a host and the name of an app."""
    found: dict[str, Match] = {}
    for match in matches:
        if match.signature not in found or match.strength == "strong":
            found[match.signature] = match
    return list(found.values())


def _things(db: Connection, kind: ThingKind) -> Iterator[tuple[str, str, object]]:
    """The lineage, the key and the latest version of each remembered thing of a kind, gone ones too."""
    query = select(VERSION.c.lineage, VERSION.c.ident, VERSION.c.body).where(VERSION.c.kind == kind)
    latest: dict[tuple[str, str], str] = {}
    for lineage, ident, body in db.execute(query.order_by(VERSION.c.begins)):
        latest[lineage, ident] = body
    for (lineage, ident), body in sorted(latest.items()):
        yield lineage, ident, bodies.decode(kind, body)


def _times(db: Connection, kind: ThingKind) -> Mapping[tuple[str, str], tuple[int, int]]:
    query = select(THING).where(THING.c.kind == kind)
    return {(row.lineage, row.ident): (row.first_seen, row.last_seen) for row in db.execute(query)}
