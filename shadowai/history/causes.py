"""Why a thing appears, or does not: because it happened, because the signatures learnt it, or because nobody had looked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple, TypeVar

from shadowai.history.looks import lacking, relevant, unknown_before, unknown_to, unseen
from shadowai.history.model import Cause, Finding, KnownApp, Look, Shower, Shown, Thing
from shadowai.tenant import Grant, Person

T = TypeVar("T")
Explains = Callable[[str], Collection[str]]
"""The ids of the services that today's catalogue explains a name with."""


class Why(NamedTuple):
    """A cause, and the same in words."""

    cause: Cause
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}"


HAPPENED = Why("environment")


@dataclass(frozen=True, slots=True)
class Learnt:
    """Two catalogues: that of the run before and today's, as digests of their signatures, and what today's explains."""

    before: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    explains: Explains = lambda name: ()

    @property
    def differs(self) -> bool:
        """True where the catalogue of before is remembered, and is another than today's."""
        return bool(self.before) and self.before != self.now

    def of_new(self, service: str, evidence: Collection[str], known: Collection[str]) -> Why | None:
        """Why the signatures make ``service`` new: evidence for it was ``known`` before, or no signature was as it is now."""
        if not self.before or self.before.get(service) == self.now.get(service):
            return None
        old = sorted(set(evidence) & set(known))
        if old:
            return Why(
                "catalogue", f"{old[0]} was seen before, and is explained by a signature that is new or has changed"
            )
        if service not in self.before:
            return Why("catalogue", "there was no signature of it at the earlier run")
        return None

    def of_missing(self, service: str, names: Collection[str]) -> Why | None:
        """Why the signatures, and not the world, may have made ``service`` disappear."""
        if not self.before or not self.now or self.before.get(service) == self.now.get(service):
            return None
        if service not in self.now:
            return Why("catalogue", "there is no signature of it any more")
        if any(service in self.explains(name) for name in names):
            return None
        return Why("catalogue", "its signature has changed, and explains no name that was seen")


@dataclass(slots=True)
class Looks:
    """What the runs of one lineage looked at, asked for many things: each question about the same labels and tasks is answered once.

    ``now`` are the looks of the run at hand, ``then`` gives those of an earlier one, ``before`` all that were made before it.
    """

    now: Sequence[Look]
    then: Callable[[int], Sequence[Look]]
    before: Callable[[], Sequence[Look]] = tuple
    _unseen: dict[tuple[int, Shown], Mapping[Shower, str]] = field(default_factory=dict)
    _missing: dict[tuple[int, frozenset[str], Shown], Why | None] = field(default_factory=dict)
    _new: dict[tuple[frozenset[str], Shown], Why] = field(default_factory=dict)

    def of_new(self, labels: frozenset[str], shown: Shown = frozenset()) -> Why:
        """Why something that is seen now was not before: ``environment`` only where an earlier run would have seen it."""
        question = labels, shown
        if question not in self._new:
            before, logs = self.before(), relevant(self.now, labels, shown)
            parts = [
                *unknown_to(shown, self.now, before),
                *([unknown_before(logs, before)] if logs or not shown else []),
            ]
            words = f"{_listed([place for part in parts for place in part])}: not looked at as a whole before"
            self._new[question] = Why("coverage", words) if all(parts) else HAPPENED
        return self._new[question]

    def of_missing(self, seen_run: int, labels: frozenset[str], shown: Shown = frozenset()) -> Why | None:
        """Why what the run ``seen_run`` saw could not be seen now; ``None`` where it could: then it is gone."""
        question = seen_run, labels, shown
        if question not in self._missing:
            logs = relevant(self.then(seen_run), labels, shown)
            reasons = [*self.unseen(seen_run, shown).values(), *(lacking(logs, self.now) if logs or not shown else ())]
            self._missing[question] = Why("coverage", _listed(reasons)) if reasons else None
        return self._missing[question]

    def unseen(self, seen_run: int, shown: Shown) -> Mapping[Shower, str]:
        """Those of the tasks that had shown something to the run ``seen_run`` which cannot show now whether it is still there."""
        question = seen_run, shown
        if question not in self._unseen:
            self._unseen[question] = unseen(shown, self.then(seen_run), self.now) if shown else {}
        return self._unseen[question]


def _listed(reasons: Sequence[str]) -> str:
    several = list(dict.fromkeys(reasons))
    more = f", and {len(several) - 3} more" if len(several) > 3 else ""
    return "; ".join(several[:3]) + more


def labels_of(thing: Thing) -> frozenset[str]:
    """What the looks that showed the thing may be called; none for what belongs to a tenant, whose looks all count."""
    return frozenset(thing.sources) if isinstance(thing, Finding) else frozenset()


def standing(before: Thing, after: Thing) -> Thing:
    """What is to be remembered of a thing after a look that was not whole: what that look did not show still stands."""
    if isinstance(before, KnownApp) and isinstance(after, KnownApp):
        return replace(after, app=_filled(before.app, after.app))
    if isinstance(before, Finding) and isinstance(after, Finding):
        return _stronger(before, after)
    if isinstance(before, Grant | Person) and type(before) is type(after):
        return _filled(before, after)
    return after


def _stronger(before: Finding, after: Finding) -> Finding:
    usages = [usage for usage in (before.usage, after.usage) if usage is not None]
    users = [number for number in (before.users, after.users) if number is not None]
    return replace(
        after,
        usage=max(usages, key=lambda usage: usage.rung, default=None),
        used=before.used or after.used,
        users=max(users, default=None),
        scopes=_union(before.scopes, after.scopes),
        sources=_union(before.sources, after.sources),
        names=_union(before.names, after.names),
        facts=_union(before.facts, after.facts),
    )


def _filled(before: T, after: T) -> T:
    """Lists as the union of both, and what is not known now as it was known before."""
    found: dict[str, Any] = {}
    for name in (spec.name for spec in fields(after)):  # type: ignore[arg-type]
        here, there = getattr(after, name), getattr(before, name)
        if isinstance(here, tuple):
            found[name] = _union(there, here)
        elif here is None and there is not None:
            found[name] = there
    return replace(after, **found)  # type: ignore[type-var]


def _union(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*before, *after}))
