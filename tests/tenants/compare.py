"""What a sweep found against what there is: what was lost, and what was invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from shadowai.tenant import Activity, App, Event, Grant, Item, Person, Swept

SHOWABLE = 10_000
"""Items of which examples can be shown where they are lost: the rest are digests."""
KINDS = ("app", "grant", "person", "event", "activity")


@dataclass(slots=True)
class Truth:
    """What there is, by kind; each may be gone through once."""

    apps: Iterable[App] = ()
    grants: Iterable[Grant] = ()
    people: Iterable[Person] = ()
    events: Iterable[Event] = ()
    activity: Iterable[Activity] = ()


@dataclass(slots=True)
class Difference:
    """How many items of each kind there were, were lost and were invented; a changed item is both. ``examples`` show some."""

    found: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """Whether what was found is what there is, and there is something."""
        return bool(self.found) and not self.lost and not self.invented

    def __str__(self) -> str:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in self.found.items())
        return f"{counts}; lost {sum(self.lost.values())}, invented {sum(self.invented.values())}"


def compare(swept: Swept, truth: Truth) -> Difference:
    """The difference, by the digests of items: a million of them fit."""
    made = Difference()
    pairs: tuple[tuple[Iterable[Item], Iterable[Item]], ...] = (
        (swept.apps, truth.apps),
        (swept.grants, truth.grants),
        (swept.people, truth.people),
        (swept.events, truth.events),
        (swept.activity, truth.activity),
    )
    for kind, (found, there) in zip(KINDS, pairs, strict=True):
        _compare(kind, found, there, made)
    return made


def _compare(kind: str, found: Iterable[Item], there: Iterable[Item], made: Difference) -> None:
    wanted: Counter[int] = Counter()
    seen: dict[int, Item] = {}
    for item in there:
        wanted[_digest(item)] += 1
        if len(seen) < SHOWABLE:
            seen[_digest(item)] = item
    for item in found:
        made.found[kind] += 1
        digest = _digest(item)
        if wanted[digest] > 0:
            wanted[digest] -= 1
        else:
            made.invented[kind] += 1
            if len(made.examples) < 10:
                made.examples.append(f"invented: {item}")
    lost = wanted.total()
    if lost:
        made.lost[kind] = lost
        made.examples += [f"lost: {seen[digest]}" for digest in list(+wanted)[:5] if digest in seen]


def _digest(item: Item) -> int:
    return int.from_bytes(blake2b(repr(item).encode(), digest_size=8).digest(), "big")
