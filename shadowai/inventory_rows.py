"""The figures of one row of the inventory, computed from tallies: which of them count, the actors behind them, how intense the use was,
and the verdict of the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from shadowai.inventory_tally import NAMES_KEPT, Actors, Cells, Footing, Tally, first, on
from shadowai.model import CONFIDENCES, Actor, Signature, Usage

if TYPE_CHECKING:
    from shadowai.policy import Decision, Policy, Use

INTERACTIVE_BYTES: Final = 10_000
"""Bytes one actor sends up to one service on one UTC day, from which the use is ``interactive``."""
BULK_BYTES: Final = 10_000_000
"""Bytes one actor sends up to one service on one UTC day, from which the use is ``bulk``."""
API_CATEGORIES: Final = frozenset({"model-api", "ai-gateway", "ml-platform"})
"""Categories whose ``api`` names are called by programs: ``integrated``."""
INTEGRATING_FACTS: Final = frozenset({"sdk", "grant", "key", "server"})
"""Facts of a sighting that show a program, not a person: ``integrated``."""


class Row(NamedTuple):
    """The tallies of one row. ``same`` are those of the best ``confidence``, ``rest`` those of weaker ones; ``use`` is the one that the
    row's figures come from, ``None`` where everything was blocked; ``lookup``: it holds DNS look-ups only."""

    confidence: str
    same: tuple[Tally, ...]
    rest: tuple[Tally, ...]
    use: Tally | None
    lookup: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of every footing, the surest first; one more than is shown where there are more."""
        return first(NAMES_KEPT + 1, *(tally.names for tally in (*self.same, *self.rest)))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of what counts; one more than is shown where there are more."""
        return first(NAMES_KEPT + 1, *(tally.sources for tally in self.same))

    @property
    def aside(self) -> int:
        """Events and attempts on a weaker footing, which are not counted."""
        return sum(tally.events + tally.blocked for tally in self.rest)


def row_of(cells: Cells) -> Row:
    """Choose what counts: the best confidence; in it connections, else look-ups, else (all blocked) nothing."""
    ranked = sorted(cells, key=lambda tally: (CONFIDENCES.index(tally.footing.confidence), tally.footing.lookup))
    best = ranked[0].footing.confidence
    surest = tuple(tally for tally in ranked if tally.footing.confidence == best)
    rest = tuple(tally for tally in ranked if tally.footing.confidence != best)
    use = next((tally for tally in surest if tally.events), None)
    return Row(best, surest, rest, use, use is not None and use.footing.lookup)


def counted_in(row: Row, actors: Actors) -> Iterator[Actor]:
    """The actors behind the figures of a row: those with events of the kind that is counted; all who tried where everything was blocked."""
    footing = Footing(row.confidence, row.lookup)
    for who, cells in actors.items():
        if who is None:
            continue
        if row.use is None:
            if any(tally.footing.confidence == row.confidence for tally in cells):
                yield who
        elif (tally := on(cells, footing)) is not None and tally.events:
            yield who


def usage_of(category: str, row: Row, counted: Iterable[Actor], actors: Actors) -> Usage | None:
    """The highest usage that any one of the actors reached; ``RESOLVED`` for look-ups alone, ``None`` where everything was blocked."""
    if row.use is None:
        return None
    if row.lookup:
        return Usage.RESOLVED
    footing = Footing(row.confidence, False)
    used = (on(actors[who], footing) for who in counted)
    reached = {_rung(category, tally) for tally in used if tally is not None}
    return max(reached, key=lambda usage: usage.rung)


def _rung(category: str, tally: Tally) -> Usage:
    if "mcp" in tally.roles or "agent" in tally.facts:
        return Usage.AUTONOMOUS
    if tally.facts & INTEGRATING_FACTS or ("api" in tally.roles and category in API_CATEGORIES):
        return Usage.INTEGRATED
    most = tally.most_sent
    if most >= BULK_BYTES:
        return Usage.BULK
    return Usage.INTERACTIVE if "post" in tally.facts or most >= INTERACTIVE_BYTES else Usage.CONNECTED


def devices_of(counted: Iterable[Actor]) -> int:
    """The number of distinct devices; an address without a device counts as one unless another actor has it with a device."""
    actors = list(counted)
    devices = {actor.device for actor in actors if actor.device}
    named = {actor.address for actor in actors if actor.device}
    bare = {actor.address for actor in actors if actor.address and not actor.device}
    return len(devices) + len(bare - named)


def departments_of(counted: Iterable[Actor], department: Callable[[str], str]) -> tuple[str, ...]:
    """The departments of the actors as far as they are known, sorted."""
    return tuple(sorted({found for actor in counted if actor.user and (found := department(actor.user))}))


def ignoring_none(how: Callable[[list[int]], int], *values: int | None) -> int | None:
    """``how`` of the values that are known; ``None`` where none is."""
    known = [value for value in values if value is not None]
    return how(known) if known else None


class Verdicts:
    """The verdicts of a policy on rows. Where the policy depends on the use, a row has the most severe verdict of the people counted in
    it; each is judged by all that the person did with the service on that footing, from whatever device."""

    def __init__(
        self, services: dict[str, Actors], policy: Policy, today: date, department: Callable[[str], str] | None
    ) -> None:
        self._services, self._policy, self._today, self._department = services, policy, today, department
        self._known: dict[tuple[str, Footing | str], dict[Actor, Use]] = {}
        self._of_service: dict[str, Decision] = {}

    def decision(self, signature: Signature, row: Row, actors: Actors) -> Decision:
        """The verdict on one row, and why."""
        if not self._policy.looks_at_use:
            if signature.id not in self._of_service:
                self._of_service[signature.id] = self._policy.decide(signature, self._today)
            return self._of_service[signature.id]
        footing = Footing(row.confidence, row.lookup) if row.use is not None else row.confidence
        uses = self._uses(signature.id, footing)
        return self._policy.decide_row(
            signature, self._today, dict.fromkeys(uses[_person(who)] for who in counted_in(row, actors))
        )

    def _uses(self, service: str, footing: Footing | str) -> dict[Actor, Use]:
        """The use of each person (or nameless device) on a footing; of a confidence alone, where all was blocked."""
        if (service, footing) not in self._known:
            sums: dict[Actor, Tally] = {}
            for who, cells in self._services[service].items():
                for tally in cells if who is not None else ():
                    if footing in (tally.footing, tally.footing.confidence):
                        sums.setdefault(_person(who), Tally(tally.footing)).merge(tally)
            self._known[service, footing] = {who: self._use(who, tally) for who, tally in sums.items()}
        return self._known[service, footing]

    def _use(self, who: Actor, tally: Tally) -> Use:
        from shadowai.policy.uses import use_of

        return use_of(
            who.user,
            facts=tally.facts,
            sources=tally.sources,
            scopes=tally.scopes,
            days=dict(tally.days),
            bytes_up=tally.bytes_up if tally.events else 0,
            department=self._department,
        )


def _person(who: Actor | None) -> Actor:
    """The user alone, without device and address; the whole actor where it names no person."""
    return who if who is not None and who.person is None else Actor(who.user if who else None)
