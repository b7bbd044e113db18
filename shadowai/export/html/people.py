"""Who uses which service: a matrix of the rows by user. Rows of one person are shown together, whatever the device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from shadowai.export.html.wording import person
from shadowai.model import FORBIDDEN, Entry

PEOPLE_SHOWN: Final = 40
SERVICES_SHOWN: Final = 16


class Cell(NamedTuple):
    """One person and one service: events and blocked attempts, the rung of use (0 to 5, -1 where nothing was let through), and whether
    that rests on proof."""

    events: int
    blocked: int
    rung: int
    sure: bool


class Person(NamedTuple):
    """A row of the matrix; ``cells`` are in the order of its services, ``None`` where nothing was seen."""

    name: str
    services: int
    cells: tuple[Cell | None, ...]


class Matrix(NamedTuple):
    """``services`` are id and name; ``more_people`` and ``more_services`` are how many are left out."""

    services: tuple[tuple[str, str], ...]
    people: tuple[Person, ...]
    more_people: int
    more_services: int


def matrix(entries: Iterable[Entry]) -> Matrix:
    """Services with the most people first, breaches before the rest; people with the most of these services first."""
    rows: defaultdict[str, defaultdict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    users: defaultdict[str, set[str]] = defaultdict(set)
    names: dict[str, tuple[bool, str]] = {}
    for entry in entries:
        who = person(entry.actor)
        rows[who][entry.service_id].append(entry)
        users[entry.service_id].add(who)
        names[entry.service_id] = entry.verdict not in FORBIDDEN, entry.service
    order = sorted(names, key=lambda id: (names[id][0], -len(users[id]), id))
    shown = order[:SERVICES_SHOWN]
    ranked = sorted(rows, key=lambda who: (-len(rows[who].keys() & set(shown)), -len(rows[who]), who))
    return Matrix(
        tuple((id, names[id][1]) for id in shown),
        tuple(_person(who, rows[who], shown) for who in ranked[:PEOPLE_SHOWN]),
        max(0, len(ranked) - PEOPLE_SHOWN),
        max(0, len(order) - SERVICES_SHOWN),
    )


def _person(who: str, rows: Mapping[str, list[Entry]], shown: Iterable[str]) -> Person:
    return Person(who, len(rows), tuple(_cell(rows[id]) if id in rows else None for id in shown))


def _cell(entries: list[Entry]) -> Cell:
    """Counted from the surest rows alone: figures on different grounds are never added."""
    best = min(entries, key=lambda entry: entry.certainty).confidence
    same = [entry for entry in entries if entry.confidence == best]
    rung = max((entry.usage.rung for entry in same if entry.usage is not None), default=-1)
    return Cell(sum(e.events for e in same), sum(e.blocked for e in same), rung, best == "confirmed")
